// Names of the states that a new virtual board can begin with; see presets.ts.

export const PRESET_NAMES = [
  'esp8285',
  'corrupt-fs',
  'repl-off',
  'bare-loop',
  'reboot-loop',
  'stubborn',
  'silent',
  'crash',
] as const;

export type PresetName = (typeof PRESET_NAMES)[number];
