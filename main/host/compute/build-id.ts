/** Names the engine's build: everything outside the document, the data and the thread count that bits depend on. */
import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import packageInfo from '../../../package.json' with { type: 'json' };
import { isExecutionProvider, type DeviceId } from '../../../core/protocol/devices.ts';
import { onnxRuntimeVersion } from '../onnxruntime/session.ts';

/**
 * `lathe-0.1.0 onnxruntime-1.30.0 linux-x64 avx512`. Two machines with the same string compute the same bits on the
 * CPU with the same number of threads. @param device decides which engine computes.
 */
export function engineBuildId(device: DeviceId): string {
  const engine = isExecutionProvider(device)
    ? `onnxruntime-${onnxRuntimeVersion()}`
    : `tensorflowjs-${packageInfo.dependencies['@tensorflow/tfjs-core']}`;
  return `lathe-${packageInfo.version} ${engine} ${platform()}-${arch()} ${cpuClass(cpuFlags())}`;
}

/**
 * The instruction set ONNX Runtime's kernels (MLAS) choose between for floating point: they sum in different orders.
 * Without flags (only Linux tells them) the processor's model stands for its class.
 */
export function cpuClass(flags: ReadonlySet<string> | undefined): string {
  if (!flags) return cpus()[0]?.model.trim() ?? 'unknown';
  if (flags.has('asimd')) return ['neon', ...['bf16', 'sve', 'sme'].filter((flag) => flags.has(flag))].join('+');
  if (['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'].every((flag) => flags.has(flag))) return 'avx512';
  if (flags.has('avx2') && flags.has('fma')) return 'avx2';
  return flags.has('avx') ? 'avx' : 'sse2';
}

function cpuFlags(): ReadonlySet<string> | undefined {
  if (platform() !== 'linux') return undefined;
  const line = /^(?:flags|Features)\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  return line ? new Set(line[1].trim().split(/\s+/)) : undefined;
}
