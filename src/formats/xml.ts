/** XML of strangers, read in pieces by saxes: no entity but XML's own five, no other file, no depth without end. */
import { type SaxesAttributePlain, SaxesParser } from 'saxes';
import { AppError } from '../core/errors.ts';

/** Label files are flat: VOC nests five deep, CVAT six. */
const MAX_DEPTH = 64;
/** One text or attribute longer than this is no label. */
const MAX_TEXT = 1_000_000;

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  /** Its own text without that of its children, blanks at both ends dropped. */
  text: string;
}

/**
 * Reads a document and hands each element named in `wanted` over when it ends, with all that is in it; such an element is not looked
 * into for further ones. Memory is that of one such element. Throws `format/not-xml` for what is not whole XML, `format/xml-entities` for a
 * document that defines entities, `format/xml-depth` for one nested beyond reason.
 */
export async function readXml(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  onElement: (element: XmlElement, parents: readonly string[]) => void,
): Promise<void> {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const parents: string[] = [];
  let open: XmlElement[] = [];
  parser.on('error', (error) => {
    throw refuse(path, error.message);
  });
  parser.on('doctype', (doctype) => {
    if (!/\[|<!ENTITY/i.test(doctype)) return;
    throw new AppError({
      code: 'format/xml-entities',
      message: `“${path}” defines its own XML entities, which label files have no use for and which can be made to exhaust memory. Nothing was read from it.`,
      hint: 'Remove the DOCTYPE from the file, or export it again from the tool that made it.',
      details: { path },
    });
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (parents.length + open.length >= MAX_DEPTH) throw tooDeep(path);
    if (open.length === 0 && !wanted.has(name)) {
      parents.push(name);
      return;
    }
    const element = {
      name,
      attributes: attributes as Record<string, SaxesAttributePlain['value']>,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined && element.text.length < MAX_TEXT) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) {
      parents.pop();
      return;
    }
    element.text = element.text.trim();
    if (open.length > 0) return;
    open = [];
    onElement(element, parents);
  });
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const piece of pieces) {
    decoder ??= new TextDecoder(findEncoding(piece));
    parser.write(decoder.decode(piece, { stream: true }));
  }
  parser.write(decoder?.decode() ?? '');
  parser.close();
}

/** The encoding of a byte order mark, else the one that the document declares, else UTF-8. */
function findEncoding(start: Uint8Array): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const head = String.fromCharCode(...start.subarray(0, 200));
  const declared = /^<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    return 'utf-8';
  }
}

function refuse(path: string, why: string): AppError {
  return new AppError({
    code: 'format/not-xml',
    message: `“${path}” is not whole XML, so no labels were read from it: ${why}`,
    hint: 'The file may be cut short. Export it again from the tool that made it.',
    details: { path },
  });
}

function tooDeep(path: string): AppError {
  return new AppError({
    code: 'format/xml-depth',
    message: `“${path}” nests its elements more than ${MAX_DEPTH} deep, which no label file does. Nothing was read from it.`,
    hint: 'Check that this is the right file.',
    details: { path },
  });
}

/** The first child of that name. */
export function findChild(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of that name; empty when there is none. */
export function childText(element: XmlElement | undefined, name: string): string {
  return findChild(element, name)?.text ?? '';
}

/** Text for an element or a quoted attribute. Characters that XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return toXmlText(text).replaceAll(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character);
}

/** The text as it comes back from XML: what XML has no way to write, such as control characters, becomes U+FFFD. */
export function toXmlText(text: string): string {
  return text.toWellFormed().replaceAll(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '\uFFFD');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** An attribute value as text files tell it: `true` and `false` become booleans, plain numbers numbers, all else stays text. */
export function fromPlainText(text: string): string | number | boolean {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}
