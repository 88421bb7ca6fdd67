/** The command line `catchlight`: parses, runs one command, and ends with 0 done, 1 failed, 2 usage. */
import '../young-generation.ts';
import { Command, CommanderError } from 'commander';
import { ZodError } from 'zod';
import { AppError, toAppErrorData } from '../../core/errors.ts';
import { codeVersion } from '../version.ts';
import type { CliCommand } from './command.ts';
import { commands } from './commands/list.ts';
import { createOutput } from './output.ts';

const usageExit = 2;

function addCommand(program: Command, entry: CliCommand, signal: AbortSignal): void {
  const words = entry.name.split(' ');
  const leaf = words.pop() ?? entry.name;
  let parent = program;
  for (const word of words) {
    parent =
      parent.commands.find((command) => command.name() === word) ?? parent.command(word).exitOverride();
  }
  const command = entry
    .define(parent.command(leaf).description(entry.summary))
    .option('--json', 'end with one JSON line on stdout')
    .exitOverride();
  command.action(async (...received: unknown[]) => {
    const args = command.processedArgs.flat().filter((value): value is string => typeof value === 'string');
    const options = (received.at(-2) ?? {}) as Record<string, unknown>;
    const output = createOutput(options.json === true);
    try {
      output.result(await entry.run({ output, signal }, args, options));
      process.exitCode = 0;
    } catch (error) {
      const data = toAppErrorData(isOptionFault(error, command) ? usageError(error) : error);
      output.fail(data);
      process.exitCode = data.code.startsWith('usage/') ? usageExit : 1;
    }
  });
}

/** A fault of zod's about something the person typed, and not about what a file or the host gave. */
function isOptionFault(error: unknown, command: Command): error is ZodError {
  const names = new Set(command.options.map((option) => option.attributeName()));
  return error instanceof ZodError && error.issues.every(({ path }) => names.has(String(path[0])));
}

/** Options are checked by zod before anything is touched: a fault there is a fault of use. */
function usageError(error: ZodError): AppError {
  const faults = error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`);
  return new AppError({
    code: 'usage/option',
    message: `An option cannot be used as it is written: ${faults.join('; ')}. Nothing was done.`,
    hint: 'See --help for what it takes.',
  });
}

function commandError(error: CommanderError): AppError {
  return new AppError({
    code: 'usage/command',
    message: `The command cannot be used as it is written: ${error.message.replace(/^error: /, '')}. Nothing was done.`,
    hint: 'See --help for what it takes.',
  });
}

async function main(argv: readonly string[]): Promise<void> {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const program = new Command('catchlight')
    .description(
      'Find and name fish in photographs; learn from every answer. All work stays on this machine.',
    )
    .version(codeVersion)
    .exitOverride()
    .showHelpAfterError();
  for (const entry of commands) addCommand(program, entry, interrupted.signal);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const isUsage = error instanceof CommanderError;
    process.exitCode = isUsage ? (error.exitCode === 0 ? 0 : usageExit) : 1;
    if (process.exitCode === 0) return;
    // commander has told a person what is wrong; a program still gets its one line.
    const data = toAppErrorData(isUsage ? commandError(error) : error);
    if (argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: data })}\n`);
    if (!isUsage) process.stderr.write(`${data.message}\n${data.hint}\n`);
  }
}

await main(process.argv.slice(2));
// Native libraries keep threads that would hold the process for seconds; what was written goes out first.
process.stdout.write('', () => process.exit(process.exitCode));
