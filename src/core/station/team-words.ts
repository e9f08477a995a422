import type { TeamWords } from './resolve.ts';

/**
 * Who is to stand, as people write it in one line: `codex=anna,ben`, or as on the command line `--codex-pool anna,ben`, with
 * `--fallback PROVIDER`. A sentence where it cannot be meant.
 */
export function teamWords(line: string): TeamWords | string {
  const pools: { name: string; members: string[] }[] = [];
  let fallback: string | undefined;
  const words = line.trim().split(/\s+/).filter(Boolean);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    // Whoever copies a command of several lines brings these with it.
    if (word === '\\') continue;
    const [, option, same] = /^--([\w.-]+?)(?:=(.*))?$/.exec(word) ?? [];
    const given = option !== undefined && option !== 'pool' ? (same ?? words.shift()) : undefined;
    if (option === 'fallback') {
      if (!given) return '--fallback names no provider';
      fallback = given;
    } else if (option?.endsWith('-pool')) {
      pools.push(pool(option.slice(0, -'-pool'.length), given ?? ''));
    } else if (option !== undefined && option !== 'pool') {
      return `"${word}" is not known; write POOL=MEMBER,… or --POOL-pool MEMBER,…`;
    } else {
      const said = option === 'pool' ? (same ?? words.shift() ?? '') : word;
      const at = said.indexOf('=');
      if (at < 1) return `"${said}" names no members; write POOL=MEMBER,…`;
      pools.push(pool(said.slice(0, at), said.slice(at + 1)));
    }
  }
  return { pools, ...(fallback !== undefined && { fallback }) };
}

function pool(name: string, members: string): { name: string; members: string[] } {
  const names = members.split(',').map(member => member.trim());
  return { name, members: names.filter(member => member !== '') };
}
