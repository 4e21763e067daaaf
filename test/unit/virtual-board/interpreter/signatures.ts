// What MicroPython's C functions take, by module and type, read at 1.29 (2026-08): the shims must take no more and no less.

/**
 * Fewest and most positional arguments, `self` aside, then the keywords. `endless`: what is asked for may never come, so
 * that it is not called with the fewest. `own`: the interpreter's own function, which is not called at all.
 */
type Signature = readonly [
  fewest: number,
  most: number,
  options?: {
    readonly keywords?: string;
    readonly endless?: true;
    readonly own?: true;
    readonly chip?: 'esp8266' | 'esp32';
  },
];

export interface SignatureTable {
  /** A module, or an object of the type; `setup` makes it. */
  readonly object: string;
  readonly setup: string;
  /** File of MicroPython's sources. */
  readonly source: string;
  readonly chip?: 'esp8266' | 'esp32';
  readonly members: Readonly<Record<string, Signature>>;
}

const STREAM: Record<string, Signature> = {
  read: [0, 1, { endless: true }],
  readinto: [1, 2],
  readline: [0, 1, { endless: true }],
  write: [1, 3],
  close: [0, 0],
};
const READLINES: Record<string, Signature> = {
  readlines: [0, 0, { endless: true }],
  __enter__: [0, 0],
  __exit__: [3, 3],
};
const FILE: Record<string, Signature> = {
  ...STREAM,
  ...READLINES,
  seek: [1, 2],
  tell: [0, 0],
  flush: [0, 0],
};
const ESP32 = { chip: 'esp32' } as const;
const ESP8266 = { chip: 'esp8266' } as const;
const OWN = { own: true } as const;
const UART = { keywords: 'baudrate bits parity stop tx rx rxbuf timeout timeout_char' };
const TIMER = { keywords: 'mode callback period tick_hz freq hard' };

export const SIGNATURES: readonly SignatureTable[] = [
  {
    object: 'machine',
    setup: 'import machine',
    source: 'extmod/modmachine.c',
    members: {
      reset: [0, 0, { endless: true }],
      soft_reset: [0, 1, { endless: true }],
      reset_cause: [0, 0],
      unique_id: [0, 0],
      freq: [0, 1],
      idle: [0, 0],
      lightsleep: [0, 1, { endless: true }],
      sleep: [0, 1, { endless: true }],
      disable_irq: [0, 0],
      enable_irq: [1, 1],
      Pin: [1, 3, { keywords: 'mode pull value' }],
      Signal: [1, 3, { keywords: 'invert value' }],
      RTC: [0, 0],
      Timer: [0, 1, TIMER],
      UART: [1, 5, UART],
      WDT: [0, 2, { keywords: 'id timeout' }],
    },
  },
  {
    object: 'machine.Pin(2)',
    setup: 'import machine',
    source: 'ports/esp8266/machine_pin.c',
    chip: 'esp8266',
    members: {
      init: [1, 2, { keywords: 'mode pull value' }],
      irq: [0, 3, { keywords: 'handler trigger hard' }],
    },
  },
  {
    object: 'machine.Pin(2)',
    setup: 'import machine',
    source: 'ports/esp32/machine_pin.c',
    chip: 'esp32',
    members: {
      init: [0, 2, { keywords: 'mode pull value drive hold' }],
      irq: [0, 3, { keywords: 'handler trigger wake' }],
    },
  },
  {
    object: 'machine.Pin(2)',
    setup: 'import machine',
    source: 'ports/esp32/machine_pin.c, ports/esp8266/machine_pin.c',
    members: {
      value: [0, 1],
      __call__: [0, 1],
      on: [0, 0],
      off: [0, 0],
      toggle: [0, 0],
    },
  },
  {
    object: 'machine.Pin(2).irq()',
    setup: 'import machine',
    source: 'ports/esp32/machine_pin.c, ports/esp8266/machine_pin.c',
    members: { __call__: [0, 0], trigger: [0, 1] },
  },
  {
    object: 'machine.Signal(machine.Pin(2))',
    setup: 'import machine',
    source: 'extmod/machine_signal.c',
    members: { value: [0, 1], __call__: [0, 1], on: [0, 0], off: [0, 0] },
  },
  {
    object: 'machine.Timer(1)',
    setup: 'import machine',
    source: 'ports/esp32/machine_timer.c, ports/esp8266/modmachine.c',
    members: { init: [0, 0, TIMER], deinit: [0, 0], value: [0, 0, ESP32] },
  },
  {
    object: 'machine.UART(0)',
    setup: 'import machine',
    source: 'extmod/machine_uart.c, ports/esp32/machine_uart.c, ports/esp8266/machine_uart.c',
    members: {
      init: [0, 4, UART],
      any: [0, 0],
      read: [0, 1],
      readinto: [1, 2],
      readline: [0, 1],
      write: [1, 3],
    },
  },
  {
    object: 'machine.WDT()',
    setup: 'import machine',
    source: 'extmod/machine_wdt.c',
    members: { feed: [0, 0] },
  },
  {
    object: 'machine.RTC()',
    setup: 'import machine',
    source: 'ports/esp32/machine_rtc.c, ports/esp8266/machine_rtc.c',
    members: {
      datetime: [0, 1],
      memory: [0, 1],
      init: [1, 1, ESP32],
      alarm: [2, 2, ESP8266],
      alarm_left: [0, 1, ESP8266],
      irq: [0, 0, { keywords: 'trigger wake', chip: 'esp8266' }],
    },
  },
  {
    object: 'network',
    setup: 'import network',
    source: 'extmod/modnetwork.c, ports/esp32/modnetwork_globals.h, ports/esp8266/modnetwork_globals.h',
    members: {
      WLAN: [0, 1],
      hostname: [0, 1],
      country: [0, 1],
      ipconfig: [0, 1, { keywords: 'dns' }],
      phy_mode: [0, 1],
    },
  },
  {
    object: 'network.WLAN()',
    setup: 'import network',
    source: 'ports/esp32/network_wlan.c, ports/esp8266/network_wlan.c',
    members: {
      active: [0, 1],
      connect: [0, 2, { keywords: 'bssid' }],
      disconnect: [0, 0],
      isconnected: [0, 0],
      status: [0, 1],
      scan: [0, 0],
      ifconfig: [0, 1],
      ipconfig: [0, 1, { keywords: 'addr4 gw4 dhcp4' }],
      config: [0, 1, { keywords: 'ssid essid key password security authmode channel hidden' }],
    },
  },
  {
    object: 'esp',
    setup: 'import esp',
    source: 'ports/esp32/modesp.c, ports/esp8266/modesp.c',
    members: {
      flash_size: [0, 0],
      flash_user_start: [0, 0],
      sleep_type: [0, 1, ESP8266],
      flash_id: [0, 0, ESP8266],
      check_fw: [0, 0, ESP8266],
      freemem: [0, 0, ESP8266],
      meminfo: [0, 0, ESP8266],
    },
  },
  {
    object: 'esp',
    setup: 'import esp',
    source: 'ports/esp8266/modesp.c',
    chip: 'esp8266',
    members: { osdebug: [1, 1] },
  },
  {
    object: 'esp',
    setup: 'import esp',
    source: 'ports/esp32/modesp.c',
    chip: 'esp32',
    members: { osdebug: [1, 2] },
  },
  {
    object: 'esp32',
    setup: 'import esp32',
    source: 'ports/esp32/modesp32.c',
    chip: 'esp32',
    members: { raw_temperature: [0, 0], idf_heap_info: [1, 1], NVS: [1, 1] },
  },
  {
    object: 'esp32.NVS("a")',
    setup: 'import esp32',
    source: 'ports/esp32/esp32_nvs.c',
    chip: 'esp32',
    members: {
      set_i32: [2, 2],
      get_i32: [1, 1],
      set_blob: [2, 2],
      get_blob: [2, 2],
      erase_key: [1, 1],
      commit: [0, 0],
    },
  },
  {
    object: 'os',
    setup: 'import os',
    source: 'extmod/modos.c, extmod/vfs.c, extmod/os_dupterm.c',
    members: {
      uname: [0, 0],
      urandom: [1, 1],
      dupterm: [1, 2],
      dupterm_notify: [1, 1],
      chdir: [1, 1],
      getcwd: [0, 0],
      listdir: [0, 1],
      ilistdir: [0, 1],
      mkdir: [1, 1],
      remove: [1, 1],
      unlink: [1, 1],
      rename: [2, 2],
      rmdir: [1, 1],
      stat: [1, 1],
      statvfs: [1, 1],
      mount: [2, 2, OWN],
      umount: [1, 1],
    },
  },
  {
    object: 'vfs',
    setup: 'import vfs',
    source: 'extmod/vfs.c',
    members: { mount: [2, 2, OWN], umount: [1, 1] },
  },
  {
    object: 'root',
    setup: 'import _files\nroot = _files.VfsLfs2()',
    source: 'extmod/vfs_lfsx.c',
    members: {
      open: [2, 2],
      ilistdir: [0, 1],
      remove: [1, 1],
      rmdir: [1, 1],
      rename: [2, 2],
      mkdir: [1, 1],
      chdir: [1, 1],
      getcwd: [0, 0],
      stat: [1, 1],
      statvfs: [1, 1],
      mount: [2, 2],
      umount: [0, 0],
    },
  },
  {
    object: 'text',
    setup: 'text = open("t.txt", "w+")',
    source: 'extmod/vfs_lfsx_file.c, py/stream.c',
    members: FILE,
  },
  {
    object: 'binary',
    setup: 'binary = open("t.bin", "w+b")',
    source: 'extmod/vfs_lfsx_file.c, py/stream.c',
    members: FILE,
  },
  {
    object: 'time',
    setup: 'import time',
    source: 'extmod/modtime.c',
    members: {
      gmtime: [0, 1],
      localtime: [0, 1],
      mktime: [1, 1],
      time: [0, 0],
      time_ns: [0, 0],
      sleep: [1, 1],
      sleep_ms: [1, 1],
      sleep_us: [1, 1],
      ticks_ms: [0, 0],
      ticks_us: [0, 0],
      ticks_cpu: [0, 0],
      ticks_add: [2, 2],
      ticks_diff: [2, 2],
    },
  },
  {
    object: 'sys',
    setup: 'import sys',
    source: 'py/modsys.c',
    members: { exit: [0, 1, { endless: true }], print_exception: [1, 2] },
  },
  ...['sys.stdin', 'sys.stdout', 'sys.stderr', 'sys.stdin.buffer', 'sys.stdout.buffer'].map((object) => ({
    object,
    setup: 'import sys',
    source: 'shared/runtime/sys_stdio_mphal.c, py/stream.c',
    members: { ...STREAM, ...READLINES },
  })),
  {
    object: 'micropython',
    setup: 'import micropython',
    source: 'py/modmicropython.c',
    members: { kbd_intr: [1, 1], schedule: [2, 2, OWN], opt_level: [0, 1, OWN], mem_info: [0, 1, OWN] },
  },
  {
    object: 'select',
    setup: 'import select',
    source: 'extmod/modselect.c',
    members: { select: [3, 4], poll: [0, 0] },
  },
  {
    object: 'select.poll()',
    setup: 'import select',
    source: 'extmod/modselect.c',
    members: {
      register: [1, 2],
      unregister: [1, 1],
      modify: [2, 2],
      poll: [0, 1, { endless: true }],
      ipoll: [0, 2],
    },
  },
  {
    object: 'socket',
    setup: 'import socket',
    source: 'extmod/modlwip.c',
    chip: 'esp8266',
    members: { socket: [0, 4], getaddrinfo: [2, 6] },
  },
  {
    object: 'socket',
    setup: 'import socket',
    source: 'ports/esp32/modsocket.c',
    chip: 'esp32',
    members: { socket: [0, 3], getaddrinfo: [2, 6] },
  },
  {
    object: 'connection',
    setup: 'import socket\nconnection = socket.socket()',
    source: 'extmod/modlwip.c, ports/esp32/modsocket.c, py/stream.c',
    members: {
      ...STREAM,
      bind: [1, 1],
      listen: [0, 1],
      accept: [0, 0, { endless: true }],
      connect: [1, 1],
      send: [1, 1],
      sendall: [1, 1],
      sendto: [2, 2],
      recv: [1, 2],
      recvfrom: [1, 2],
      setsockopt: [3, 3],
      settimeout: [1, 1],
      setblocking: [1, 1],
      makefile: [0, 2],
      fileno: [0, 0, ESP32],
    },
  },
];
