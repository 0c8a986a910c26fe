/** Images that all suites take, built before them: they run side by side. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { imageTool } from '../image/image-tools.ts';
import { testImages } from './images.ts';

/** The folder is removed when the process ends, unless somebody has named it. */
export default async function prepareImages(): Promise<void> {
  if (process.env['FENQI_TEST_IMAGES'] === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-test-images-'));
    process.env['FENQI_TEST_IMAGES'] = folder;
    process.once('exit', () => rmSync(folder, { recursive: true }));
  }
  if (imageTool('mmdebstrap', 'mmdebstrap')) await testImages();
}
