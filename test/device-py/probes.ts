// What each system asks to find out whether it is online, and what it takes for a yes.

const APPLE = '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>';
const KINDLE = '81ce4465-7167-4dcb-835b-dcc9e44c112a';

/** Host, path, body when online; an empty one comes with status 204. */
export const PROBES: readonly (readonly [host: string, path: string, body: string])[] = [
  ['connectivitycheck.gstatic.com', '/generate_204', ''],
  ['www.google.com', '/gen_204', ''],
  ['play.googleapis.com', '/generate_204', ''],
  ['connect.rom.miui.com', '/generate_204', ''],
  ['connectivitycheck.platform.hicloud.com', '/generate_204', ''],
  ['conn1.oppomobile.com', '/generate_204', ''],
  ['wifi.vivo.com.cn', '/generate_204', ''],
  ['connectivity.samsung.com.cn', '/generate_204', ''],
  ['captive.apple.com', '/hotspot-detect.html', APPLE],
  ['www.apple.com', '/library/test/success.html', APPLE],
  ['www.msftconnecttest.com', '/connecttest.txt', 'Microsoft Connect Test'],
  ['www.msftncsi.com', '/ncsi.txt', 'Microsoft NCSI'],
  [
    'detectportal.firefox.com',
    '/canonical.html',
    '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
  ],
  ['detectportal.firefox.com', '/success.txt', 'success\n'],
  ['edge-http.microsoft.com', '/captiveportal/generate_204', ''],
  ['nmcheck.gnome.org', '/check_network_status.txt', 'NetworkManager is online'],
  ['network-test.debian.org', '/nm', 'NetworkManager is online\n'],
  ['connectivity-check.ubuntu.com', '/', ''],
  ['fedoraproject.org', '/static/hotspot.txt', 'OK'],
  ['networkcheck.kde.org', '/', 'OK'],
  ['www.gstatic.com', '/generate_204', ''],
  ['spectrum.s3.amazonaws.com', '/kindle-wifi/wifistub.html', KINDLE],
  ['spectrum.s3.amazonaws.com', '/kindle-wifi/wifistub-eink.html', KINDLE],
];

/** Not a connectivity check: always redirected to the portal. */
export const OTHERS: readonly (readonly [host: string, path: string])[] = [
  ['www.msftconnecttest.com', '/redirect'],
  ['some.unknown.host', '/a/b?c=d'],
  ['example.com', '/'],
];
