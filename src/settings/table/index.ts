import type { Setting } from '../setting.ts';
import { cloudSettings } from './cloud.ts';
import { fileSettings } from './files.ts';
import { frontSettings, portSettings } from './network.ts';
import { protectionSettings } from './protection.ts';
import { publicSettings } from './public.ts';
import { resourceSettings } from './resources.ts';
import { serviceSettings } from './service.ts';

/** Settings that belong together, as help and documentation show them. */
export const settingGroups: readonly { title: string; settings: readonly Setting[] }[] = [
  { title: 'Service', settings: serviceSettings },
  { title: 'Network', settings: [...portSettings, ...frontSettings] },
  { title: 'Resources', settings: resourceSettings },
  { title: 'Public', settings: publicSettings },
  { title: 'Protection', settings: protectionSettings },
  { title: 'Your own cloud', settings: cloudSettings },
  { title: 'Files', settings: fileSettings },
];

/** Every setting of `create`, in the order in which questions are asked. */
export const settings: readonly Setting[] = settingGroups.flatMap((group) => group.settings);
