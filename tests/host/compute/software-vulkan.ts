/** The Vulkan device in software that Debian's chromium package brings: on it WebGPU runs without a GPU, slowly. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const folder = '/usr/lib/chromium';
const missing = ['libvulkan.so.1', 'vk_swiftshader_icd.json', 'libvk_swiftshader.so'].filter(
  (file) => !existsSync(`${folder}/${file}`),
);

/** Where it must be there (LATHE_TEST_WEBGPU=required, as CI says), nothing is skipped. */
const isRequired = process.env['LATHE_TEST_WEBGPU'] === 'required';
export const hasSoftwareVulkan = missing.length === 0 || isRequired;

if (!hasSoftwareVulkan)
  console.warn(`skipped: WebGPU on a device in software, for ${folder} lacks ${missing.join(', ')}`);
if (isRequired && missing.length > 0) console.error(`${folder} lacks ${missing.join(', ')}: tests on WebGPU will fail`);

/** Environment of a process that is to find it. */
export const softwareVulkan: Readonly<Record<string, string>> = {
  VK_ICD_FILENAMES: `${folder}/vk_swiftshader_icd.json`,
  LD_LIBRARY_PATH: folder,
  XDG_RUNTIME_DIR: tmpdir(),
};

/** A first shader takes a second on an idle machine, and many on a busy one. */
export const softwareTimeoutMs = 600_000;
