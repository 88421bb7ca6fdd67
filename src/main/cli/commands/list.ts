/** Every CLI command. To add one: a file beside this one, and its line here. */
import type { CliCommand } from '../command.ts';
import { auditCommand } from './audit.command.ts';
import { backboneAddCommand, backboneListCommand, backboneRemoveCommand } from './backbone.command.ts';
import { createCommand } from './create.command.ts';
import { demoCommand } from './demo.command.ts';
import { doctorCommand } from './doctor.command.ts';
import { engineInstallCommand, engineUninstallCommand } from './engine.command.ts';
import { evaluateCommand } from './evaluate.command.ts';
import { explainCommand } from './explain.command.ts';
import { exportCommand } from './export.command.ts';
import { exportModelCommand } from './export-model.command.ts';
import { featuresCommand } from './features.command.ts';
import { importCommand } from './import.command.ts';
import { metadataCommand } from './metadata.command.ts';
import { predictCommand } from './predict.command.ts';
import { serveCommand } from './serve.command.ts';
import { trainCommand } from './train.command.ts';

export const commands: readonly CliCommand[] = [
  createCommand,
  importCommand,
  featuresCommand,
  trainCommand,
  predictCommand,
  evaluateCommand,
  auditCommand,
  metadataCommand,
  explainCommand,
  exportCommand,
  exportModelCommand,
  serveCommand,
  demoCommand,
  doctorCommand,
  backboneListCommand,
  backboneAddCommand,
  backboneRemoveCommand,
  engineInstallCommand,
  engineUninstallCommand,
];
