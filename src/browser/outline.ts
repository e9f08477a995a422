interface Value {
  value?: unknown;
}

/** A node of the accessibility tree, as the browser tells it. */
export interface AxNode {
  nodeId: string;
  parentId?: string;
  ignored?: boolean;
  role?: Value;
  name?: Value;
  value?: Value;
  description?: Value;
  properties?: { name: string; value?: Value }[];
  childIds?: string[];
  backendDOMNodeId?: number;
}

/** What can be named as a target. */
export interface Landmark {
  mark: string;
  role: string;
  name: string;
  node: number;
}

export interface Outline {
  lines: string[];
  landmarks: Landmark[];
}

const USABLE = new Set(
  (
    'button link textbox searchbox combobox listbox option checkbox radio switch slider spinbutton tab menuitem ' +
    'menuitemcheckbox menuitemradio treeitem gridcell'
  ).split(' '),
);
/** These say nothing by themselves. */
const PLAIN = new Set(['none', 'generic', 'InlineTextBox', 'LineBreak', 'RootWebArea', 'Iframe', 'presentation']);
const STATES = ['disabled', 'checked', 'pressed', 'expanded', 'selected', 'focused', 'required', 'invalid', 'level'];
const MOST_LINES = 250;
const LONGEST = 200;

const text = (value: Value | undefined): string =>
  typeof value?.value === 'string' || typeof value?.value === 'number'
    ? String(value.value).replace(/\s+/g, ' ').trim()
    : '';
const cut = (said: string) => (said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said);

function states({ properties = [] }: AxNode): string[] {
  return properties.flatMap(({ name, value }) => {
    const said = value?.value;
    if (!STATES.includes(name) || said === false || said === 'false' || said === undefined) return [];
    return [said === true || said === 'true' ? name : `${name}=${String(said)}`];
  });
}

/** The tree in lines, with a mark at all that can be used; `markOf` keeps an element's mark from one look to the next. */
export function outlineOf(nodes: readonly AxNode[], markOf: (node: number) => string): Outline {
  const byId = new Map(nodes.map(node => [node.nodeId, node]));
  const lines: string[] = [];
  const landmarks: Landmark[] = [];
  let left = 0;
  const add = (depth: number, line: string) => {
    if (lines.length < MOST_LINES) lines.push(`${'  '.repeat(Math.min(depth, 12))}${line}`);
    else left++;
  };
  const seen = new Set<string>();
  const walk = (node: AxNode, depth: number, around: string) => {
    if (seen.has(node.nodeId)) return;
    seen.add(node.nodeId);
    const role = text(node.role);
    const name = text(node.name);
    let inner = depth;
    let known = around;
    if (role === 'StaticText') {
      // What names its own element was said there.
      if (name !== '' && !around.includes(name)) add(depth, `text "${cut(name)}"`);
      return;
    }
    if (!node.ignored && !PLAIN.has(role)) {
      const { backendDOMNodeId: id } = node;
      const focusable = node.properties?.some(one => one.name === 'focusable' && one.value?.value === true) === true;
      const marked = id !== undefined && (USABLE.has(role) || focusable);
      const value = text(node.value);
      const mark = marked ? markOf(id) : '';
      if (marked) landmarks.push({ mark, role, name, node: id });
      const parts = [
        role,
        name !== '' && `"${cut(name)}"`,
        marked && `[${mark}]`,
        value !== '' && value !== name && `value "${cut(value)}"`,
        ...states(node),
      ];
      add(depth, parts.filter(part => part !== false).join(' '));
      inner = depth + 1;
      known = `${name} ${value}`;
    }
    for (const child of node.childIds ?? []) {
      const found = byId.get(child);
      if (found) walk(found, inner, known);
    }
  };
  const [root] = nodes;
  if (root) walk(root, 0, '');
  if (left > 0) lines.push(`… ${left} more lines`);
  return { lines, landmarks };
}

/** The one element that is meant, or why it is not clear which. */
export function findLandmark(target: string, landmarks: readonly Landmark[]): Landmark | string | undefined {
  const wanted = target.trim();
  const mark = /^\[?(?:ref=)?(e\d+)\]?$/.exec(wanted)?.[1];
  if (mark) return landmarks.find(one => one.mark === mark) ?? `There is no ${mark} on the page now.`;
  const said = /^(?:([a-z]+)\s+)?"(.*)"(?:\s+\[(e\d+)\])?$/i.exec(wanted);
  if (said?.[3]) return findLandmark(said[3], landmarks);
  const [role, name] = said ? [said[1]?.toLowerCase(), said[2] ?? ''] : [undefined, wanted];
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const fits = landmarks.filter(one => (role === undefined || same(one.role, role)) && same(one.name, name));
  if (fits.length === 1) return fits[0];
  if (fits.length > 1)
    return `${fits.length} elements are called so: ${fits
      .slice(0, 10)
      .map(one => `${one.role} [${one.mark}]`)
      .join(', ')}. Name one by its mark.`;
  const near = landmarks.filter(one => name !== '' && one.name.toLowerCase().includes(name.toLowerCase()));
  return near.length === 1 ? near[0] : undefined;
}
