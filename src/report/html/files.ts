import { megabytes } from '../../output.ts';
import type { EnclaveFile } from '../../verify/types.ts';
import { cut, html, type Markup } from './markup.ts';

/** More names than these would hide what is large among what is not. */
const shownEntries = 200;
/** Nobody opens more folders than these; what is deeper keeps the rest of its path as its name. */
const maxDepth = 16;

/** An outermost folder with no more than these is open from the start. */
const openChildren = 12;

interface Node {
  name: string;
  size: number;
  /** Files and links in it; 1 for a file. */
  count: number;
  children: Map<string, Node>;
  note: string;
}

function newNode(name: string): Node {
  return { name, size: 0, count: 0, children: new Map(), note: '' };
}

function treeOf(files: readonly EnclaveFile[]): Node {
  const root = newNode('/');
  for (const file of files) {
    if (file.type === 'directory') continue;
    const parts = file.path.split('/').filter(Boolean);
    const names = parts.length > maxDepth ? [...parts.slice(0, maxDepth), parts.slice(maxDepth).join('/')] : parts;
    let node = root;
    node.size += file.size;
    node.count += 1;
    for (const name of names) {
      const child = node.children.get(name) ?? newNode(name);
      node.children.set(name, child);
      child.size += file.size;
      child.count += 1;
      node = child;
    }
    node.note = file.type === 'link' ? `→ ${file.link}` : file.executable ? 'executable' : '';
  }
  return root;
}

/** The biggest nodes; a folder is at least as big as what is in it, so it is there whenever anything of it is. */
function biggest(root: Node): Set<Node> {
  const shown = new Set<Node>();
  let waiting = sorted(root);
  while (waiting.length > 0 && shown.size < shownEntries) {
    const [next, ...rest] = waiting;
    if (!next) break;
    shown.add(next);
    waiting = merged(sorted(next).slice(0, shownEntries), rest).slice(0, shownEntries);
  }
  return shown;
}

function sorted({ children }: Node): Node[] {
  return [...children.values()].sort(bySize);
}

function bySize(a: Node, b: Node): number {
  return b.size - a.size || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function merged(a: readonly Node[], b: readonly Node[]): Node[] {
  return [...a, ...b].sort(bySize);
}

/** The enclave's files by size: folders that can be opened, the biggest names, and the rest as sums. */
export function fileTree(files: readonly EnclaveFile[]): Markup {
  const root = treeOf(files);
  if (root.count === 0) return html`<p>There are no files.</p>`;
  const shown = biggest(root);
  return html`<p>${root.count} ${root.count === 1 ? 'name' : 'names'}, ${megabytes(root.size)} in all (a file with several names counts with each). ${shown.size < root.count && `The biggest ${shown.size} entries are listed, the others as sums.`}</p>
<div class="tree">${listOf(root, shown, root.size, true)}</div>`;
}

/** @param top whether these are the outermost folders: those that hold little stand open. */
function listOf(folder: Node, shown: ReadonlySet<Node>, all: number, top = false): Markup {
  const children = sorted(folder);
  const named = children.filter((child) => shown.has(child));
  const rest = children.filter((child) => !shown.has(child));
  const restSize = rest.reduce((sum, { size }) => sum + size, 0);
  const restCount = rest.reduce((sum, { count }) => sum + count, 0);
  return html`<ul>${named.map((child) => html`<li>${entry(child, shown, all, top)}</li>`)}${
    rest.length > 0 &&
    html`<li><div class="entry rest">${label(`${restCount} ${named.length > 0 ? 'more' : restCount === 1 ? 'file' : 'files'}`, '', restSize, all)}</div></li>`
  }</ul>`;
}

function entry(node: Node, shown: ReadonlySet<Node>, all: number, top: boolean): Markup {
  if (node.children.size === 0) return html`<div class="entry">${label(node.name, node.note, node.size, all)}</div>`;
  const chain = [node];
  // A folder that holds nothing but a folder is one line with it.
  for (let last = node; last.children.size === 1; ) {
    const [only] = last.children.values();
    if (!only || only.children.size === 0 || !shown.has(only)) break;
    chain.push(only);
    last = only;
  }
  const last = chain.at(-1) ?? node;
  const name = `${chain.map((each) => each.name).join('/')}/`;
  const open = top && last.children.size <= openChildren;
  return html`<details${open && html` open`}><summary class="entry">${label(name, `${node.count} ${node.count === 1 ? 'file' : 'files'}`, node.size, all)}</summary>${listOf(last, shown, all)}</details>`;
}

function label(name: string, note: string, size: number, all: number): Markup {
  const share = all === 0 ? 0 : (size / all) * 100;
  return html`<span class="entry-name"><code>${cut(name, 300)}</code>${note !== '' && html` <span class="small">${cut(note, 300)}</span>`}</span><span class="entry-size">${megabytes(size)}</span><span class="meter" aria-hidden="true"><span style="width:${share.toFixed(2)}%"></span></span>`;
}
