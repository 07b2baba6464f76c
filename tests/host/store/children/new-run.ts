/** A run for the child processes, which must not import the test runner. */
import type { NewRun } from '../../../../main/host/store/runs.ts';

export const newRun: NewRun = {
  experiment: 'e',
  name: 'n',
  family: 'vae',
  status: 'running',
  document: '{}',
  documentHash: 'h',
  dataSource: 's',
  baseDir: '/data',
  dataHash: 'd',
  seed: 1,
  threads: 1,
  device: 'cpu',
  engineBuild: 'b',
  totalSteps: 10,
};
