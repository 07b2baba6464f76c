/** Measures one workload: Lathe against each peer that is there, its memory, its samples. */
import { Contender } from './contender.ts';
import { measurePairs, type Paired, type PairOptions, type Work } from './pairs.ts';
import { findPython, latheCommand, pytorchCommand, pytorchMissing } from './peers.ts';
import { chooseAnswer, gemmAnswer, sampleAnswer, stepsAnswer, type Ready } from './protocol.ts';
import type { PeerResult, WorkloadResult } from './results.ts';
import { workloads, type Sampling, type Workload, type WorkloadName } from './workloads.ts';
