// The typed library: the command line's operations without its terminal.

export { ERROR_TABLE, type ErrorCode, PortalError } from './errors.js';
export type { FirmwareImage } from './esp/image/firmware-image.js';
export {
  type FileEntry,
  FilesystemError,
  type FolderEntry,
  type LittleFs,
  readLittleFs,
} from './filesystem/littlefs/reader.js';
export { type Layout, LayoutError, type NewFile, writeLittleFs } from './filesystem/littlefs/writer.js';
export type { Release } from './firmware/choose.js';
export { FirmwareStore } from './firmware/store.js';
export { LOG_EVENT_NAMES } from './log/event-catalogue.js';
export { EventFilter } from './log/event-filter.js';
export type { LogEntry, LogEvent, LogEventName } from './log/events.js';
export { LogParser, type LogParserOptions } from './log/log-parser.js';
export { Redactor } from './log/redaction/redactor.js';
export {
  type ResetCredentialsOptions,
  type ResetCredentialsResult,
  resetCredentials,
} from './operations/credentials/reset-credentials.js';
export { checkFirmware, type FlashOptions, type FlashResult, flash } from './operations/flash/flash.js';
export { type InstallOptions, type InstallResult, install } from './operations/install/install.js';
export type { PortalStart } from './operations/install/start-portal.js';
export { type UninstallOptions, type UninstallResult, uninstall } from './operations/install/uninstall.js';
export { BoardLog, type BoardLogOptions, followLog } from './operations/log/board-log.js';
export { Monitor, type MonitorOptions, monitor } from './operations/log/monitor.js';
export { type SetupResult, setup } from './operations/setup.js';
export { type DiscoveredPort, discoverPorts } from './port/discovery.js';
export { type OpenPortOptions, openPort } from './port/open.js';
export type { Port, PortNotice } from './port/port.js';
export { readAppFolder } from './portal/app-folder.js';
export type { BundleFile, PortalBundle } from './portal/bundle.js';
export type { PortalConfig } from './portal/settings.js';
export type { OnProgress, ProgressEvent, Step } from './progress.js';
