// esp-portal install

import type { InstallResult } from '../../operations/install/install-result.js';
import type { PortalStart } from '../../operations/install/start-portal.js';
import { defineCommand } from '../command.js';
import { PORTAL_OPTIONS, portalOptions } from '../options/portal.js';
import { nextCommand, QR_OPTION, timeoutOption, UPLOAD_OPTIONS } from '../options/shared.js';

export const installCommand = defineCommand({
  name: 'install',
  severalBoards: { refuses: ['static-ip'] },
  summary: 'Upload the captive portal and your program, and start them',
  details: [
    'Only files that differ are sent, compressed. All are verified on the board before one step puts them in place: after an interruption, the board runs the old version or the new one.',
    'Your own main.py is kept unless --main says otherwise. So are all files and folders that did not come from esp-portal: if a new file needs the name, the old one gets the suffix .old.',
    'With `--json`, `state` in the result is `portal` (its WiFi is open), `connected` (the board joined the stored network), `without-portal` (your main.py was kept and does not start the portal), `at-prompt` (`--no-restart`) or `untouched` (`--dry-run`). Where your main.py does not start the portal, `mainLines` has the lines that do.',
  ],
  options: {
    ...PORTAL_OPTIONS,
    ...timeoutOption('Seconds to wait until the portal is ready'),
    ...QR_OPTION,
    ...UPLOAD_OPTIONS,
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'Report what would be sent and removed; change nothing and restart the board',
    },
    restart: {
      type: 'boolean',
      default: true,
      describe: 'Start the portal and wait until it is ready (--no-restart: leave the board at its prompt)',
    },
  },
  examples: [
    ['install --port /dev/ttyUSB0', 'install on a board that has MicroPython'],
    ['install --essid "Garden pump" --country DE', 'set the name of the WiFi and the country'],
    ["install --field 'mqtt=MQTT broker;required'", 'add a field to the form of the portal'],
    ['install --app ./my-program', 'upload your program, too; it starts when the board is on a network'],
  ],
  async run(args, context) {
    const { reporter, signal, openPort, portAddress, localUrl } = context;
    const options = await portalOptions(args, context);
    const { install } = await import('../../operations/install/install.js');
    const result = await install(await openPort(), {
      ...options,
      dryRun: args['dry-run'],
      restart: args.restart,
      readyTimeoutMs: args.timeout,
      uploadBaudRate: args['upload-baud'],
      signal,
      onProgress: reporter.progress.bind(reporter),
      onLog: reporter.log.bind(reporter),
    });
    return {
      fields: { ...result },
      lines: [...describeInstall(result), ...describeOutcome(result, viewLater(localUrl(), portAddress()))],
    };
  },
});

/** What was put on the board, for people. */
export function describeInstall(result: InstallResult): string[] {
  const { state, filesSent, bytes, sentBytes, sent: paths, removed, kept } = result;
  const wouldBe = state === 'untouched';
  const sent =
    filesSent === 0
      ? 'Nothing to send: all files are already on the board.'
      : `${filesSent} file${filesSent === 1 ? '' : 's'} (${amount(bytes)}) ${wouldBe ? `would be sent: ${paths.join(', ')}` : `${filesSent === 1 ? 'is' : 'are'} new or changed, sent as ${amount(sentBytes)}`}.`;
  return [
    sent,
    ...(removed.length > 0 ? [`${wouldBe ? 'To be removed' : 'Removed'}: ${removed.join(', ')}.`] : []),
    ...Object.entries(kept).map(
      ([path, name]) => `The existing ${path} ${wouldBe ? 'would be renamed to' : 'was renamed to'} ${name}.`,
    ),
    ...describeSettings(result),
  ];
}

function describeSettings({ settings = {} }: InstallResult): string[] {
  const inForce = Object.entries(settings).map(
    ([name, value]) => `${name} ${name === 'essid' ? JSON.stringify(value) : value}`,
  );
  return inForce.length > 0 ? [`Settings on the board: ${inForce.join(', ')}.`] : [];
}

/** After --no-restart. */
export const AT_PROMPT = 'The board is at its prompt; esp-portal monitor --reset restarts it.';

/** How it ended, and what a person does next. */
export function describeOutcome(result: InstallResult, view: LocalView | undefined): string[] {
  if (result.state === 'untouched') {
    const { mainLines } = result;
    return ['Nothing was changed.', ...(mainLines ? describeWithoutPortal('would be kept', mainLines) : [])];
  }
  if (result.state === 'at-prompt') {
    const { mainLines } = result;
    return [AT_PROMPT, ...(mainLines ? describeWithoutPortal('was kept', mainLines) : [])];
  }
  if (result.state === 'without-portal') return describeWithoutPortal('was kept', result.mainLines);
  return [describeStart(result, view, result.mdnsName)];
}

function describeWithoutPortal(isKept: 'was kept' | 'would be kept', mainLines: readonly string[]): string[] {
  return [
    `Your own main.py ${isKept} and does not start the portal. Add these lines to it, or run the command again with --main append:`,
    ...mainLines.map((line) => `    ${line}`),
  ];
}

/** How the user opens the portal of a board that only this computer reaches. */
export type LocalView = { readonly url: string } | { readonly command: string };

/**
 * For a command that ends, and what serves the portal here with it.
 * @param localUrl where this computer reaches the board now, `undefined` where only its WiFi does
 */
export function viewLater(localUrl: string | undefined, port: string): LocalView | undefined {
  return localUrl === undefined
    ? undefined
    : { command: nextCommand('esp-portal monitor --port PORT', port) };
}

/**
 * What a person does next.
 * @param view `undefined` where a phone joins the board's WiFi
 */
export function describeStart(
  { state, ssid, url }: PortalStart,
  view: LocalView | undefined,
  mdnsName?: string,
): string {
  const alias = mdnsName === undefined ? '' : ` (${mdnsName})`;
  if (state === 'connected') return `The board joined "${ssid}" with the stored credentials: ${url}${alias}`;
  if (view === undefined) {
    return `The portal is open: join the WiFi "${ssid}" with a phone, then open ${url} if no page opens.`;
  }
  return 'url' in view
    ? `The portal is open: WiFi "${ssid}". Open ${view.url} on this computer.`
    : `The portal is ready: WiFi "${ssid}". To open its page: ${view.command}`;
}

function amount(bytes: number): string {
  return bytes < 1000 ? `${bytes} byte${bytes === 1 ? '' : 's'}` : `${(bytes / 1000).toFixed(1)} KB`;
}
