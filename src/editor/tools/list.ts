/** Every tool of the editor. A new tool is one file and one line here; the contract suite tests whatever is listed. */
import type { Tool } from '../types.ts';
import { boxTool } from './box.tool.ts';
import { lineTool } from './line.tool.ts';
import { panTool } from './pan.tool.ts';
import { selectTool } from './select.tool.ts';
import { zoomTool } from './zoom.tool.ts';

export const tools: readonly Tool[] = [selectTool, boxTool, lineTool, panTool, zoomTool];
