// The virtual board's WiFi: a station that joins networks in the air, an access point, and the SDK's memory of both.
// One per board; lives through soft resets of the interpreter, as the SDK does.

import type { AirNetwork } from './air.js';
import { type ApSettings, loadSdkMemory, type SdkMemory, saveSdkMemory } from './sdk-memory.js';

export type { ApSettings } from './sdk-memory.js';
export type RadioInterface = 'station' | 'ap';

/** STATION_… of the ESP8266 SDK, as `WLAN.status()` shows them. */
export const STATION_STATUS = {
  idle: 0,
  connecting: 1,
  wrongPassword: 2,
  noApFound: 3,
  connectFail: 4,
  gotIp: 5,
} as const;

export type StationStatus = (typeof STATION_STATUS)[keyof typeof STATION_STATUS];

/** Everything a program can ask about the radio. Plain data: it crosses threads. */
export interface RadioState {
  readonly station: {
    readonly active: boolean;
    readonly status: StationStatus;
    /** Of the network that was last asked for. */
    readonly ssid: string;
    readonly rssi: number;
    /** Address, netmask, gateway, DNS server. */
    readonly address: readonly string[];
  };
  readonly ap: ApSettings & { readonly active: boolean; readonly address: readonly string[] };
  readonly channel: number;
}

export interface RadioOptions {
  readonly air: readonly AirNetwork[];
  /** The station's address, six numbers; the access point's differs in its first. */
  readonly mac: readonly number[];
  /** Where the SDK's memory is kept, e.g. `<state>/sdk.json`; its folder must exist. */
  readonly sdkFile: string;
  /** How long a join takes. */
  readonly joinMs: number;
}

const NO_ADDRESS: readonly string[] = ['0.0.0.0', '0.0.0.0', '0.0.0.0', '0.0.0.0'];
const AP_ADDRESS: readonly string[] = ['192.168.4.1', '255.255.255.0', '192.168.4.1', '208.67.222.222'];
/** RSSI that the SDK reports without a connection. */
const NO_RSSI = 31;

export class Radio {
  readonly #options: RadioOptions;
  #memory: SdkMemory;
  #status: StationStatus = STATION_STATUS.idle;
  #joined: AirNetwork | undefined;
  #stationAddress = NO_ADDRESS;
  #apAddress = AP_ADDRESS;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RadioOptions) {
    this.#options = options;
    this.#memory = loadSdkMemory(options.sdkFile, options.mac);
  }

  /** The chip starts: the SDK brings up what it remembers, and joins the network it remembers. */
  powerUp(): void {
    this.powerDown();
    this.#memory = loadSdkMemory(this.#options.sdkFile, this.#options.mac);
    if (this.#memory.stationActive) this.#join();
  }

  /** The chip is held in reset, or has no power. */
  powerDown(): void {
    this.#leave(STATION_STATUS.idle);
    this.#apAddress = AP_ADDRESS;
  }

  state(): RadioState {
    const { ap, apActive, credentials, stationActive } = this.#memory;
    return {
      station: {
        active: stationActive,
        status: this.#status,
        ssid: credentials.ssid,
        rssi: this.#joined?.rssi ?? NO_RSSI,
        address: this.#stationAddress,
      },
      ap: { ...ap, active: apActive, address: this.#apAddress },
      channel: this.#joined?.channel ?? ap.channel,
    };
  }

  setActive(which: RadioInterface, active: boolean): void {
    if (which === 'ap') {
      this.#remember({ apActive: active });
    } else if (active !== this.#memory.stationActive) {
      this.#remember({ stationActive: active });
      if (active) this.#join();
      else this.#leave(STATION_STATUS.idle);
    }
  }

  /** @param credentials undefined: those the SDK remembers */
  connect(credentials: { ssid: string; password: string } | undefined): void {
    if (credentials) this.#remember({ credentials });
    if (this.#memory.stationActive) this.#join();
  }

  disconnect(): void {
    this.#leave(STATION_STATUS.idle);
  }

  /** What a scan finds, strongest first; the caller lets the time of a scan pass. */
  scan(): readonly AirNetwork[] {
    return [...this.#options.air].sort((a, b) => b.rssi - a.rssi);
  }

  configureAp(settings: Partial<ApSettings>): void {
    this.#remember({ ap: { ...this.#memory.ap, ...settings } });
  }

  setAddress(which: RadioInterface, address: readonly string[]): void {
    if (which === 'ap') this.#apAddress = address;
    else this.#stationAddress = address;
  }

  #join(): void {
    this.#leave(STATION_STATUS.idle);
    const { ssid, password } = this.#memory.credentials;
    if (ssid === '') return;
    this.#status = STATION_STATUS.connecting;
    this.#timer = setTimeout(() => this.#finishJoin(ssid, password), this.#options.joinMs);
    // A board must not keep the process alive by itself.
    this.#timer.unref();
  }

  #finishJoin(ssid: string, password: string): void {
    const found = this.#options.air.find((one) => one.ssid === ssid && one.fails !== 'out-of-range');
    if (!found) {
      this.#status = STATION_STATUS.noApFound;
    } else if (found.password !== password) {
      this.#status = found.password === '' ? STATION_STATUS.connectFail : STATION_STATUS.wrongPassword;
    } else if (found.fails !== 'no-address') {
      this.#joined = found;
      this.#status = STATION_STATUS.gotIp;
      this.#stationAddress = stationAddress(this.#options.mac);
    }
  }

  #leave(status: StationStatus): void {
    clearTimeout(this.#timer);
    this.#joined = undefined;
    this.#stationAddress = NO_ADDRESS;
    this.#status = status;
  }

  #remember(changes: Partial<SdkMemory>): void {
    this.#memory = { ...this.#memory, ...changes };
    saveSdkMemory(this.#options.sdkFile, this.#memory);
  }
}

/** What the router's DHCP server gives this board: the same each time. */
function stationAddress(mac: readonly number[]): readonly string[] {
  const host = 20 + ((mac[5] ?? 0) % 200);
  return [`192.168.1.${host}`, '255.255.255.0', '192.168.1.1', '192.168.1.1'];
}
