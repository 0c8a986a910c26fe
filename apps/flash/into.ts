import { DATA_FOLDER, SLOTS_FOLDER } from '../../image/flash/system-files.ts';
import {
  type Change,
  installInto,
  type IntoPlan,
  type IntoRequest,
  type IntoStep,
  planInto,
} from '../../image/flash/existing-system.ts';
import type { CliIo } from '../cli/lines.ts';
import { consent } from './consent.ts';
import type { Screen } from './progress-line.ts';

const CHANGES: Readonly<Record<Change, string>> = {
  new: 'new / 新增',
  changed: 'new version / 更新',
  same: '',
  foreign: 'REPLACED / 覆盖',
};

const STEPS: Readonly<Record<IntoStep, string>> = {
  files: 'files / 文件',
  user: 'user pos / 用户 pos',
  data: 'data / 数据',
  slots: 'application slots / 应用分区',
  verify: 'reading back and comparing / 读回比对',
};

/** Installs into a Linux that is there already: shows what will change, asks, and says what to do next. */
export async function flashInto(
  request: IntoRequest,
  isAgreed: boolean,
  io: CliIo,
  screen: Screen,
): Promise<'done' | 'no' | 'nobody'> {
  const plan = await planInto(request);
  for (const line of describe(plan)) io.err(line);
  if (!isAgreed) {
    const loss = `The files above will be written to ${plan.root} / 以上文件将写入 ${plan.root}`;
    const answer = await consent({ name: request.root, loss }, io, screen);
    if (answer !== 'yes') return answer;
  }
  await installInto(request, (step) => screen.write(`${STEPS[step]}\n`));
  io.out(`${plan.root}: installed and verified; restart it / 已安装并校验，请重启`);
  return 'done';
}

function describe({ root, manifest, files, obsolete, data, writesSlots }: IntoPlan): readonly string[] {
  const lines = [
    ...files.map(({ file, change }) => [`/${file.path}`, change] as const),
    ...data.map(({ entry, change }) => [`${DATA_FOLDER}/${entry.path}`, change] as const),
  ].flatMap(([path, change]) => (change === 'same' ? [] : [`  ${path}  ${CHANGES[change]}`]));
  return [
    `${root}: ${manifest.name} ${manifest.version}, ${manifest.compatible}`,
    ...lines,
    ...obsolete.map((path) => `  /${path}  removed / 删除`),
    writesSlots
      ? `  ${SLOTS_FOLDER}/  both slots / 两个应用分区`
      : `  ${SLOTS_FOLDER}/  kept, they are updated by bundles / 保留，由更新包升级`,
  ];
}
