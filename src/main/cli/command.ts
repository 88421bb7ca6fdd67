/** The form of a CLI command: one file each, listed in `commands/list.ts`. */
import type { Command } from 'commander';
import type { Output } from './output.ts';

/** What a command is given to speak with. */
export interface CommandContext {
  readonly output: Output;
  /** Aborts on Ctrl+C, so that long work ends cleanly. */
  readonly signal: AbortSignal;
}

/** A command: `define` adds arguments and options, `run` does the work and returns the object that `--json` prints. */
export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  define(command: Command): Command;
  run(
    context: CommandContext,
    args: readonly string[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>>;
}
