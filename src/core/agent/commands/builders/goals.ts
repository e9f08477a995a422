/** Names of scripts and targets that build, check or test, and whose name does not say that they do more than that. */
export const goal =
  /^(?!.*[:_.-](fix|update|write|format|apply|deploy|publish|release|push|upload|install|clean|reset|watch|serve|start|dev)([:_.-]|$))(pre)?(all|build|bench|check|ci|compile|coverage|doc|docs|e2e|integration|lint|spec|tests?|tsc|typecheck|types|unit|validate|verify)([:_.-][\w:.-]+)?$/;
