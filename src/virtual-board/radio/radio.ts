// The virtual board's WiFi: a station that joins networks in the air, an access point, one channel for both, and the
// SDK's memory. One per board; kept at soft resets of the interpreter, like the SDK.

import type { AirNetwork } from './air.js';
import {
  type ApSettings,
  blankSdkMemory,
  loadSdkMemory,
  type SdkMemory,
  saveSdkMemory,
} from './sdk-memory.js';
import { type Chip, Station } from './station.js';

export type { ApSettings } from './sdk-memory.js';
export type { Chip } from './station.js';
export type RadioInterface = 'station' | 'ap';

/** State of the radio for programs. Plain data: it crosses threads. */
export interface RadioState {
  readonly station: {
    readonly active: boolean;
    readonly status: number;
    /** On its way to a network. */
    readonly joining: boolean;
    /** The last way ended in a failure. */
    readonly failed: boolean;
    /** Of the network of the last connect(). */
    readonly ssid: string;
    readonly rssi: number;
    /** Address, netmask, gateway, DNS server. */
    readonly address: readonly string[];
  };
  readonly ap: ApSettings & {
    readonly active: boolean;
    readonly address: readonly string[];
    /** A client has sent or received something through it. */
    readonly hasClients: boolean;
  };
  readonly channel: number;
}

export interface RadioOptions {
  /** An ESP8266 when left out. */
  readonly chip?: Chip;
  readonly air: readonly AirNetwork[];
  /** The station's address, six numbers; the access point's differs in its first. */
  readonly mac: readonly number[];
  /** Where the ESP8266's SDK keeps its memory, e.g. `<state>/sdk.json`; its folder must exist. */
  readonly sdkFile: string;
  /** How long a join takes. */
  readonly joinMs: number;
  /** How long a phone takes to find the access point again after it has moved; 0: until the next turn. */
  readonly rejoinMs?: number;
}

const AP_ADDRESS: Record<Chip, readonly string[]> = {
  esp8266: ['192.168.4.1', '255.255.255.0', '192.168.4.1', '208.67.222.222'],
  esp32: ['192.168.4.1', '255.255.255.0', '192.168.4.1', '0.0.0.0'],
};
/** RSSI that the ESP8266's SDK reports without a connection. */
const NO_RSSI = 31;

export class Radio {
  readonly #options: RadioOptions;
  readonly #chip: Chip;
  readonly #station: Station;
  #memory: SdkMemory;
  #apAddress: readonly string[];
  #channel: number;
  /** The phone has lost the access point and looks for it. */
  #rejoining: NodeJS.Timeout | undefined;
  /** A client has used the access point since it was opened. */
  #hasClients = false;
  /** The clients of the access point were disconnected. */
  onClientsLost: () => void = () => {};

  constructor(options: RadioOptions) {
    this.#options = options;
    this.#chip = options.chip ?? 'esp8266';
    this.#station = new Station(options, this.#chip, (channel) => this.#tune(channel));
    this.#memory = this.#load();
    this.#channel = this.#memory.ap.channel;
    this.#apAddress = AP_ADDRESS[this.#chip];
  }

  /** The chip starts: an ESP8266 restores its stored settings and joins the stored network. */
  powerUp(): void {
    this.powerDown();
    this.#memory = this.#load();
    this.#channel = this.#memory.ap.channel;
    if (this.#memory.stationActive) this.#join();
  }

  /** The chip is held in reset, or has no power. */
  powerDown(): void {
    this.#station.reset();
    clearTimeout(this.#rejoining);
    this.#rejoining = undefined;
    this.#hasClients = false;
    this.#apAddress = AP_ADDRESS[this.#chip];
  }

  state(): RadioState {
    const { ap, apActive, credentials, stationActive } = this.#memory;
    return {
      station: {
        active: stationActive,
        status: this.#station.status,
        joining: this.#station.isJoining,
        failed: this.#station.hasFailed,
        ssid: credentials.ssid,
        rssi: this.#station.network?.rssi ?? NO_RSSI,
        address: this.#station.address,
      },
      ap: { ...ap, active: apActive, address: this.#apAddress, hasClients: this.#hasClients },
      channel: this.#channel,
    };
  }

  /** Whether a client's packets arrive: through the access point, or through the router that the station joined. */
  get isReachable(): boolean {
    return (this.#memory.apActive && this.#rejoining === undefined) || this.#station.network !== undefined;
  }

  /** A packet goes between the board and a client. @returns whether it arrives; then there is a client to lose */
  carries(): boolean {
    this.#hasClients ||= this.#memory.apActive && this.#rejoining === undefined;
    return this.isReachable;
  }

  /** The address of a client, for the board's programs. */
  get clientAddress(): string {
    const [own = ''] = this.#memory.apActive ? this.#apAddress : this.#station.address;
    const host = own.endsWith('.2') ? 3 : 2;
    return own.replace(/\d+$/, String(host));
  }

  setActive(which: RadioInterface, active: boolean): void {
    if (which === 'ap') {
      if (active === this.#memory.apActive) return;
      this.#remember({ apActive: active });
      if (active && !this.#station.network) this.#channel = this.#memory.ap.channel;
      if (!active) this.#loseClients();
    } else if (active !== this.#memory.stationActive) {
      this.#remember({ stationActive: active });
      // The ESP8266's SDK joins the stored network; an ESP32 waits for `connect`.
      if (!active) this.#station.leave();
      else if (this.#chip === 'esp8266') this.#join();
    }
  }

  /** @param credentials undefined: those the SDK remembers */
  connect(credentials: { ssid: string; password: string } | undefined): void {
    if (credentials) this.#remember({ credentials });
    if (this.#memory.stationActive) this.#join();
  }

  disconnect(): void {
    this.#station.leave();
  }

  /** What a scan finds, strongest first; the caller lets the time of a scan pass. */
  scan(): readonly AirNetwork[] {
    return [...this.#options.air].sort((a, b) => b.rssi - a.rssi);
  }

  configureAp(settings: Partial<ApSettings>): void {
    this.#remember({ ap: { ...this.#memory.ap, ...settings } });
    if (settings.channel !== undefined && !this.#station.network) this.#tune(settings.channel);
  }

  setAddress(which: RadioInterface, address: readonly string[]): void {
    if (which === 'ap') this.#apAddress = address;
    else this.#station.fixAddress(address.length === 4 ? address : undefined);
  }

  #join(): void {
    const { ssid, password } = this.#memory.credentials;
    this.#station.join(ssid, password);
  }

  /** There is one radio: the access point goes where the station goes, and those it served have to find it again. */
  #tune(channel: number): void {
    if (channel === this.#channel) return;
    this.#channel = channel;
    if (!this.#memory.apActive || !this.#hasClients) return;
    clearTimeout(this.#rejoining);
    this.#rejoining = setTimeout(() => {
      this.#rejoining = undefined;
    }, this.#options.rejoinMs ?? 0);
    this.#rejoining.unref();
    this.#loseClients();
  }

  #loseClients(): void {
    this.#hasClients = false;
    this.onClientsLost();
  }

  #load(): SdkMemory {
    const { sdkFile, mac } = this.#options;
    return this.#chip === 'esp32' ? blankSdkMemory('esp32', mac) : loadSdkMemory(sdkFile, mac);
  }

  /** An ESP32's firmware keeps all of it in RAM: `esp_wifi_set_storage(WIFI_STORAGE_RAM)`. */
  #remember(changes: Partial<SdkMemory>): void {
    this.#memory = { ...this.#memory, ...changes };
    if (this.#chip === 'esp8266') saveSdkMemory(this.#options.sdkFile, this.#memory);
  }
}
