// The typed library: the command line's operations without its terminal.

export { ERROR_TABLE, type ErrorCode } from './error-table.js';
export { PortalError } from './errors.js';
export type { FirmwareImage } from './esp/image/firmware-image.js';
export {
  type FileEntry,
  FilesystemError,
  type FolderEntry,
  type LittleFs,
  readLittleFs,
} from './filesystem/littlefs/reader.js';
export { type Layout, LayoutError, type NewFile, writeLittleFs } from './filesystem/littlefs/writer.js';
export {
  checkFilesystem,
  filesystemOfImage,
  LocationError,
  locateFilesystem,
  type ReadableFlash,
} from './filesystem/location.js';
export type { Release } from './firmware/choose.js';
export { LogParser, type LogParserOptions } from './log/log-parser.js';
export { backup } from './operations/backup/backup.js';
export { type RestoreOptions, type RestoreResult, restore } from './operations/backup/restore.js';
export type { BackupResult } from './operations/backup/save-flash.js';
export {
  type BoardResult,
  type BoardsClock,
  type BoardsEvent,
  type BoardTask,
  type ForEachBoardOptions,
  forEachBoard,
} from './operations/boards/for-each-board.js';
export {
  type ResetCredentialsOptions,
  type ResetCredentialsResult,
  resetCredentials,
} from './operations/credentials/reset-credentials.js';
export { Dev, type DevOptions, dev } from './operations/dev/dev.js';
export { type RunOptions, type RunResult, runProgram } from './operations/dev/run-program.js';
export { type FactoryOptions, type FactoryResult, factory } from './operations/factory/factory.js';
export type { FactoryBoardEvent, FactoryEvent } from './operations/factory/factory-events.js';
export { loadPlan } from './operations/factory/plan/prepare-plan.js';
export type { FilesOptions, ListedEntry } from './operations/files/board-files.js';
export {
  type GetResult,
  getFiles,
  listFiles,
  type PutResult,
  putFiles,
  readFile,
  removeFiles,
} from './operations/files/files.js';
export {
  type FirmwareSourceOptions,
  FirmwareStore,
  type FirmwareStoreOptions,
  firmwareFor,
} from './operations/firmware/firmware-source.js';
export {
  type FirmwareList,
  type ListedImage,
  type ListOptions,
  listFirmware,
} from './operations/firmware/list-firmware.js';
export { checkFirmware, type FlashOptions, type FlashResult, flash } from './operations/flash/flash.js';
export { parseResetSequence, type ResetSequence } from './operations/flash/reset-sequence.js';
export type { LoaderOptions } from './operations/flash/with-loader.js';
export { type ImageOptions, type MergedImage, mergeImage } from './operations/image.js';
export { appFiles } from './operations/install/app-files.js';
export { type InstallOptions, install } from './operations/install/install.js';
export type { InstallResult } from './operations/install/install-result.js';
export type { PortalConfig } from './operations/install/portal-config.js';
export type { PortalStart } from './operations/install/start-portal.js';
export { type UninstallOptions, type UninstallResult, uninstall } from './operations/install/uninstall.js';
export { BoardLog, type BoardLogOptions, followLog } from './operations/log/board-log.js';
export {
  EventFilter,
  LOG_EVENT_NAMES,
  type LogEntry,
  type LogEvent,
  type LogEventName,
} from './operations/log/log-events.js';
export { Monitor, type MonitorOptions, monitor } from './operations/log/monitor.js';
export { Redactor } from './operations/log/secrets.js';
export { type PackageName, parsePackageName } from './operations/packages/package-name.js';
export { type PackagesOptions, programWithPackages } from './operations/packages/packages.js';
export {
  findNetworkPorts,
  type NetworkPort,
  type NetworkSearch,
  networkBoards,
} from './operations/ports/network-ports.js';
export {
  type AdapterWithoutPort,
  type BoardPort,
  boardsAmong,
  type DiscoveredPort,
  discoverPorts,
  type OpenPortOptions,
  openPort,
  type Port,
  type PortNotice,
  type PortSurvey,
  type SurveyedPort,
  surveyPorts,
} from './operations/ports/ports.js';
export { type ServeOptions, servePort } from './operations/ports/serve-port.js';
export { type SetupOptions, type SetupResult, setup } from './operations/setup.js';
export type { FoundNetwork, WantedNetwork } from './operations/wifi/networks.js';
export { type ScanResult, scanNetworks } from './operations/wifi/scan-networks.js';
export {
  type NetworkChoice,
  type SetNetworkOptions,
  type SetNetworkResult,
  setNetwork,
} from './operations/wifi/set-network.js';
export { listNetworks, type RemoveNetworkResult, removeNetwork } from './operations/wifi/stored-networks.js';
export { type WifiStatus, wifiStatus } from './operations/wifi/wifi-status.js';
export type { BundleFile, PortalBundle } from './portal/bundle.js';
export type { OnProgress, OperationOptions, ProgressEvent, Step } from './progress.js';
