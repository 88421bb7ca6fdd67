/** `--set key=value` options: read as JSON where they are JSON, else as text. */
import { AppError } from '../../core/errors.ts';

/** Turns `['epochs=20', 'augment=true']` into an object. Throws `usage/setting` for a part without `=`. */
export function collectSettings(parts: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at < 1) {
      throw new AppError({
        code: 'usage/setting',
        message: `“${part}” is not a setting.`,
        hint: 'Write --set key=value, for example --set epochs=20.',
      });
    }
    settings[part.slice(0, at)] = parseValue(part.slice(at + 1));
  }
  return settings;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON: a plain word, as people type them.
    return text;
  }
}
