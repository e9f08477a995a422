import { agentRoutes } from './agents.ts';
import { approvalRoutes } from './approvals.ts';
import { changeRoutes } from './changes.ts';
import { deliveryRoutes } from './deliveries.ts';
import { eventRoutes } from './events.ts';
import { knowledgeRoutes } from './knowledge.ts';
import { openApi } from './openapi.ts';
import { requestRoutes } from './requests.ts';
import { type Route, route } from './route.ts';
import { sessionRoutes } from './sessions.ts';
import { systemRoutes } from './system.ts';
import { teamRoutes } from './team.ts';
import { workflowRoutes } from './workflows.ts';

/** All that the API answers. */
export function apiRoutes(version: string): Route[] {
  let document: Record<string, unknown> | undefined;
  const routes: Route[] = [
    ...systemRoutes,
    ...sessionRoutes,
    ...requestRoutes,
    ...agentRoutes,
    ...changeRoutes,
    ...knowledgeRoutes,
    ...teamRoutes,
    ...workflowRoutes,
    // Before what stands under a delivery's name.
    ...eventRoutes,
    ...deliveryRoutes,
    ...approvalRoutes,
    route({
      id: 'getOpenApi',
      path: '/openapi.json',
      summary: 'This document',
      async handle() {
        document ??= openApi(routes, version);
        return { json: document };
      },
    }),
  ];
  return routes;
}
