// Custom fields of the form: checked on the board, kept over failures, stored when a network was joined.
import { beforeEach, describe, expect, it } from 'vitest';
import { parseFields } from '../../src/portal/fields.js';
import { RUNTIMES } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { portalOnBoard } from '../support/portal-on-board.js';

const FIELDS = parseFields(
  [
    'mqtt=MQTT "broker" <b>;required;hint={name} or address',
    'port=Port;type=number;default=1883',
    'key=Key;type=password;required',
    'mode=Mode;type=choice;choices=a & b|{f0};default={f0}',
    'web=Web;type=url',
  ].join('\n'),
);

const form = (fields: string, password = 'secret123') => `b'ssid=Home&password=${password}&${fields}'`;
const GOOD = 'mqtt=broker.local&port=1884&key=%C3%A4%22%3Cb%3E&mode=a+%26+b';
describe.each(RUNTIMES)('custom fields on MicroPython $version', (runtime) => {
  const { answer, install, run, start, value } = portalOnBoard(runtime);
  const stored = () => value(`board.read_json('portal_fields.json')`);

  beforeEach(async () => {
    await install({ fields: FIELDS });
    run(`
import json
def read_json(name):
    try:
        with open(name) as file:
            return json.load(file)
    except OSError:
        return None
board.read_json = read_json
`);
  });

  it('are on the page after the network, escaped, with their defaults', () => {
    start(`visit(5000, 'page')\nat(9000, interrupt)`);
    const page = answer('page');
    expect(page).toMatch(/name=password[\s\S]*MQTT &quot;broker&quot; &lt;b>[\s\S]*<button>Connect/);
    expect(page).toContain('<small id=h0>&#123;name&#125; or address</small>');
    expect(page).toMatch(/name=port [^>]*type=number[^>]*value="1883"/);
    expect(page).toContain('<option hidden selected value="{f0}">{f0}</option>');
    expect(page).toContain('<option>a &amp; b</option>');
    expect(page.split('value="Home"')).toHaveLength(2);
  });

  it('are stored when the network was joined, and not before', () => {
    start(`
send(5000, 'login', '/login', ${form(GOOD, 'wrong-secret')})
at(40000, lambda: keep('before', lambda: board.read_json('portal_fields.json')))
visit(41000, 'page')
send(45000, 'again', '/login', ${form(GOOD)})
visit(60000, 'result')
`);
    expect(value(`phones['before']`)).toBe(null);
    expect(answer('page')).toContain('wrong password');
    expect(answer('page')).toMatch(/name=mqtt [^>]*value="broker.local"/);
    expect(answer('page')).toMatch(/name=key [^>]*value=""/);
    expect(answer('result')).toContain('10.0.0.7');
    expect(stored()).toEqual({ mqtt: 'broker.local', port: '1884', key: 'ä"<b>', mode: 'a & b', web: '' });
  });

  it('are not stored from a form that has a problem, which is named', () => {
    const forms = [
      ['port=1&key=x', 'MQTT &quot;broker&quot; &lt;b>: required.'],
      ['mqtt=x&port=nan&key=x', 'Port: not a number.'],
      ['mqtt=x&port=1&key=', 'Key: required.'],
      ['mqtt=x&port=1&key=x&mode=c', 'Mode: invalid.'],
      ['mqtt=x&port=1&key=x&web=no', 'Web: not a URL.'],
      ['mqtt=x%0Ay&port=1&key=x', 'MQTT &quot;broker&quot; &lt;b>: invalid.'],
      ['mqtt=%FF&port=1&key=x', 'MQTT &quot;broker&quot; &lt;b>: invalid.'],
      [`mqtt=${'x'.repeat(257)}&key=x`, 'MQTT &quot;broker&quot; &lt;b>: too long.'],
    ] as const;
    const sends = forms.map(
      ([fields], index) => `send(${5000 + 2000 * index}, '${index}', '/login', ${form(fields)})`,
    );
    start(`${sends.join('\n')}\nat(30000, interrupt)`);
    for (const [index, [fields, problem]] of forms.entries())
      expect(answer(`${index}`), fields).toContain(`<p role=alert>${problem}</p>`);
    expect(value<string | null>('creds()')).toBe(null);
    expect(stored()).toBe(null);
  });

  it('show what a phone sent to this phone only, also when the network is wrong', () => {
    start(`
def visit_from_another():
    phones['other'] = get('/')
    phones['other'].sock.address = '192.168.4.9'

send(5000, 'login', '/login', b'ssid=&mqtt=mine&port=7&key=x')
at(7000, visit_from_another)
at(9000, interrupt)
`);
    expect(answer('login')).toContain('Choose a network.');
    expect(answer('login')).toContain('value="mine"');
    expect(answer('other')).toContain('value="1883"');
    expect(answer('other')).not.toContain('value="mine"');
  });

  it('show stored values the next time, and an empty password keeps the stored one', () => {
    run(`
with open('portal_fields.json', 'w') as file:
    file.write('{"mqtt": "stored", "key": "secret key", "port": 5, "gone": "x"}')
`);
    start(`
visit(4000, 'page')
send(5000, 'login', '/login', ${form('mqtt=new&port=&key=')})
visit(15000, 'result')
`);
    expect(answer('page')).toContain('value="stored"');
    expect(answer('page')).not.toContain('secret key');
    expect(answer('page')).toContain('value="5"'); // a person edited the file
    expect(stored()).toMatchObject({ mqtt: 'new', port: '', key: 'secret key' });
  });

  it('are read by the program as portal.fields', () => {
    expect(value('__import__("portal").fields')).toMatchObject({ mqtt: '', port: '1883', mode: '{f0}' });
    start(`
send(5000, 'login', '/login', ${form(GOOD)})
visit(15000, 'result')
`);
    run('import sys\ndel sys.modules["portal"]');
    expect(value('__import__("portal").fields')).toMatchObject({ mqtt: 'broker.local', port: '1884' });
    run('import os\nos.remove("kept.mpy")\ndel sys.modules["portal"]');
    expect(value('__import__("portal").fields')).toEqual({});
  });

  it('are those of the latest form in a program that imported portal before', () => {
    run('import portal\nfields = portal.fields');
    start(`
send(5000, 'login', '/login', ${form(GOOD)})
visit(15000, 'result')
`);
    expect(value('fields')).toMatchObject({ mqtt: 'broker.local', port: '1884' });
  });

  it('are left out when their description is damaged: the portal opens, joins and keeps the values', () => {
    run(`
with open('portal_fields.json', 'w') as file:
    file.write('{"mqtt": "stored"}')
def damage(text):
    with open('custom_fields.json', 'w') as file:
        file.write(text)
def rows(text):
    damage(text)
    return __import__('common').load('index').described()
`);
    const damaged = ['', '[["mqtt', '5', '["mqtt"]', '{"abcdef": 1}', '[["a", "b", "text", 5, 0, []]]'];
    damaged.push(
      '[["a", "b", "text", "", false, []]',
      '[["a", "b", "text", "", false, 5]]',
      '['.repeat(4000),
    );
    for (const text of damaged)
      expect(run(`print(list(rows(${JSON.stringify(text)})))`)).toMatch(
        /^Invalid custom_fields.json: .+\n\[\]\n$/,
      );
    const log = start(`
damage('[["mqtt')
visit(4000, 'page')
send(5000, 'login', '/login', ${form(GOOD)})
visit(15000, 'result')
`);
    expect(log).toContainEqual(expect.stringMatching(/^Invalid custom_fields.json: .+/));
    expect(answer('page')).toMatch(/name=mqtt [^>]*value=""[\s\S]*<\/main>/);
    expect(answer('result')).toContain('10.0.0.7');
    expect(stored()).toEqual({ mqtt: 'stored' });
    run('import portal');
    expect(value('portal.fields')).toEqual({ mqtt: 'stored' });
  });

  it('have their defaults when the file is damaged', () => {
    run(`
with open('portal_fields.json', 'w') as file:
    file.write('["mqtt"')
`);
    const log = start(`visit(4000, 'page')\nat(6000, interrupt)`);
    expect(log).toContainEqual(expect.stringMatching(/^Invalid portal_fields.json .+/));
    expect(answer('page')).toContain('value="1883"');
  });
});
