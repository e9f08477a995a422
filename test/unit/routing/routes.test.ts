import assert from 'node:assert/strict';
import {
  type RoutableProvider,
  type RouteQuestion,
  routeFor,
  routeReason,
  vendorOf,
} from '../../../src/core/routing/routes.ts';

const anthropic: RoutableProvider = { name: 'claude', kind: 'anthropic', free: false };
const openai: RoutableProvider = { name: 'openai', kind: 'openai', free: false };
const google: RoutableProvider = { name: 'gemini', kind: 'google', free: false };
const ollama: RoutableProvider = { name: 'local', kind: 'ollama', free: true, models: ['qwen3', 'llama4'] };
const router: RoutableProvider = {
  name: 'openrouter',
  kind: 'openai-compatible',
  free: false,
  models: ['anthropic/claude-sonnet-5-5'],
};
const all = [anthropic, openai, google, ollama];
const route = (question: Partial<RouteQuestion>) => routeFor({ role: 'implementer', providers: all, ...question });

describe('routes for roles', () => {
  it('work as soon as one key exists', () => {
    for (const only of [anthropic, openai, google])
      for (const role of [
        'orchestrator',
        'architect',
        'frontend-specialist',
        'qa-specialist',
        'reviewer',
        'my-own-role',
      ])
        assert.ok(routeFor({ role, providers: [only] }).length > 0, `${role} on ${only.name}`);
    assert.deepEqual(routeFor({ role: 'implementer', providers: [ollama] }), ['local/qwen3', 'local/llama4']);
    assert.deepEqual(routeFor({ role: 'implementer', providers: [] }), []);
  });

  it('give the specialists different vendors first and everyone a failover over all vendors', () => {
    const firsts = ['frontend-specialist', 'backend-specialist', 'implementer'].map(role => route({ role })[0]);
    assert.deepEqual(firsts, ['openai/gpt-6.1-sol', 'gemini/gemini-4-argon', 'claude/claude-sonnet-5-5']);
    for (const role of ['frontend-specialist', 'backend-specialist', 'documentation']) {
      const vendors = new Set(route({ role }).map(ref => vendorOf(ref, all)));
      assert.deepEqual([...vendors].sort(), ['anthropic', 'google', 'local', 'openai'], role);
    }
  });

  it('send simple tasks to a local model first, complex ones to the best', () => {
    assert.equal(route({ complexity: 'simple' })[0], 'local/qwen3');
    assert.equal(route({ complexity: 'simple' })[2], 'claude/claude-haiku-5-5');
    assert.equal(route({ complexity: 'complex' })[0], 'claude/claude-opus-5-5');
    assert.equal(route({ role: 'orchestrator', complexity: 'simple' })[0], 'claude/claude-opus-5-5');
  });

  it("ask every vendor's first choice before anybody's second", () => {
    const vendors = route({ complexity: 'complex' }).slice(0, 3);
    assert.deepEqual(vendors, ['claude/claude-opus-5-5', 'openai/gpt-6-astra', 'gemini/gemini-4-argon']);
  });

  it('leave the proof at the end to a strong model, however simple it is said to be', () => {
    const simple = route({ role: 'qa-specialist', complexity: 'simple' });
    assert.deepEqual(simple, route({ role: 'qa-specialist' }));
    assert.doesNotMatch(simple[0] ?? '', /local|luna|haiku|flash/);
  });

  it('send user interface tests to the route configured for them, else to the specialised default', () => {
    assert.equal(route({ role: 'qa-specialist', complexity: 'ui-test' })[0], 'gemini/gemini-4-argon');
    const configured = { complexity: { 'ui-test': ['claude/claude-opus-5-5'] } };
    assert.equal(route({ complexity: 'ui-test', configured })[0], 'claude/claude-opus-5-5');
  });

  it("let the role's own route win over the task's complexity, and keep the failover behind it", () => {
    const configured = { roles: { implementer: ['openai/gpt-6-luna', 'gone/model'] } };
    const got = route({ complexity: 'complex', configured });
    assert.equal(got[0], 'openai/gpt-6-luna');
    assert.ok(!got.includes('gone/model'), 'a provider without a key is left out');
    assert.ok(got.length > 1);
    const fallback = ['local/llama4'];
    assert.deepEqual(route({ configured: { ...configured, fallback } }), ['openai/gpt-6-luna', 'local/llama4']);
  });

  it('are the default that the user names wherever neither role nor complexity has one', () => {
    const configured = { default: ['openai/gpt-6-luna'], complexity: { simple: ['local/llama4'] } };
    for (const complexity of ['normal', 'complex', 'ui-test'] as const)
      assert.equal(route({ complexity, configured })[0], 'openai/gpt-6-luna');
    assert.equal(route({ complexity: 'simple', configured })[0], 'local/llama4');
  });

  it('lead to nobody who costs money where the default costs nothing, but for those who are named', () => {
    const configured = { default: ['local/qwen3'], staysFree: true };
    for (const complexity of ['simple', 'normal', 'complex', 'ui-test'] as const)
      assert.deepEqual(route({ complexity, configured }), ['local/qwen3', 'local/llama4']);
    const down = { providers: [anthropic, openai], configured };
    assert.deepEqual(route(down), [], 'nor when the local server is not running');
    const named = { ...configured, roles: { reviewer: ['openai/gpt-6-luna'] } };
    assert.deepEqual(route({ role: 'reviewer', configured: named }), [
      'openai/gpt-6-luna',
      'local/qwen3',
      'local/llama4',
    ]);
    const fallback = ['claude/claude-haiku-5-5'];
    assert.deepEqual(route({ configured: { ...configured, fallback } }), ['local/qwen3', ...fallback]);
  });

  it('have a reviewer prefer another vendor than the author, wherever the model is served', () => {
    const providers = [anthropic, router, openai];
    const got = routeFor({ role: 'reviewer', providers, avoidVendor: 'anthropic' });
    assert.equal(got[0], 'openai/gpt-6.1-sol');
    assert.deepEqual(got.slice(1), ['claude/claude-sonnet-5-5', 'openrouter/anthropic/claude-sonnet-5-5']);
  });

  it('come with the reason for their first model', () => {
    const why = (question: Partial<RouteQuestion>) => routeReason({ role: 'implementer', providers: all, ...question });
    const roles = { implementer: ['gemini/x', 'openai/y'] };
    assert.equal(why({ configured: { roles } }), 'configured for the role implementer');
    assert.equal(
      why({ configured: { roles }, providers: [openai] }),
      'configured for the role implementer; gemini/x before it cannot be used now',
    );
    assert.equal(
      why({ configured: { complexity: { complex: ['openai/y'] } }, complexity: 'complex' }),
      'configured for complex tasks',
    );
    assert.equal(
      why({ configured: { default: ['openai/y'] } }),
      'configured for everything that has no route of its own',
    );
    assert.equal(why({ complexity: 'simple' }), 'a simple task begins with what costs nothing');
    assert.match(
      why({}),
      /^by default the role implementer begins with anthropic, then openai, then google, with the strong/,
    );
    assert.match(why({ providers: [google] }), /; google is the first that can be used now$/);
    assert.match(
      why({ configured: { roles }, providers: [anthropic] }),
      /^nothing that is configured for the role implementer can be used now; by default/,
    );
    assert.equal(why({ providers: [ollama] }), 'no provider that costs money can be used');
    assert.equal(why({ providers: [] }), 'no model can be used');
  });
});
