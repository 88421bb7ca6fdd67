/** Every tool of the editor. A new tool is one file and one line here; the contract suite tests whatever is listed. */
import type { Tool } from '../types.ts';
import { boxTool } from './box.tool.ts';
import { panTool } from './pan.tool.ts';
import { selectTool } from './select.tool.ts';

export const tools: readonly Tool[] = [selectTool, boxTool, panTool];
