import { describe, expect, test } from 'vitest';
import { projectOf } from '../../../src/languages/project.ts';
import { detectRust } from '../../../src/languages/rust/detect.ts';
import { busyFor } from '../busy.ts';

/** Where a Rust program says that it listens: options of clap, fields that serde fills. */

function listening(source: string, more: Record<string, string> = {}) {
  const files = {
    'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
    'Cargo.lock': 'version = 4\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    'src/main.rs': source,
    ...more,
  };
  const found = detectRust(projectOf(files));
  if (!found) throw new Error('no Rust service');
  const { port, env, args = [], evidence, findings } = found;
  return {
    port,
    env,
    args,
    from: evidence.find(({ setting }) => setting === 'port')?.from,
    ids: findings.map(({ id }) => id),
  };
}

const struct = (field: string, name = 'Args') => `struct ${name} {\n    a: bool,\n${field}\n}\nfn main() {}\n`;

describe('the default of an option', () => {
  test.each([
    ['    #[arg(long, default_value_t = 5000)]\n    port: u16,', 5000],
    ['    #[arg(short = \'p\', long, default_value = "8080")]\n    /// Port to use\n    pub port: u16,', 8080],
    [
      '    #[clap(\n        long = "port",\n        default_value("8_080")\n    )]\n    pub(crate) http_port: u16,',
      null,
    ],
    ['    #[structopt(long = "port", default_value = "3000")]\n    #[serde(skip)]\n    listen_port: u16,', 3000],
    ['    #[arg(long, default_value_t = DEFAULT_PORT)]\n    port: u16,', 4000],
    ['    #[arg(long, default_value_t = default_port())]\n    port: u16,', 6000],
    ['    #[serde(default = "default_port")]\n    port: u16,', 6000],
    ['    #[serde(default = "Args::default_port")]\n    port: u16,', 6000],
    ['    #[default(7000)]\n    port: u16,', 7000],
    ['    #[arg(long, default_value = "0.0.0.0:9000")]\n    listen: SocketAddr,', 9000],
    ['    #[arg(long, default_value = "9091")]\n    metrics_port: u16,', null],
    ['    #[arg(long, default_value = "9")]\n    level: u8,', null],
    ['    // #[arg(long, default_value_t = 5000)]\n    port: u16,', null],
    ['    #[arg(long, default_value_t = UNKNOWN)]\n    port: u16,', null],
    ['    #[arg(long, default_value_t = 5000', null],
  ])('of %j is %s', (field, port) => {
    const named = /DEFAULT_PORT/.test(field) ? 'const DEFAULT_PORT: u16 = 4000;\n' : '';
    expect(listening(`${struct(field)}${named}fn default_port() -> u16 {\n    6000\n}\n`).port).toBe(port);
  });

  test('stands at its line', () => {
    expect(
      listening(struct('    #[arg(\n        long,\n        default_value_t = 5000\n    )]\n    port: u16,')).from,
    ).toBe('src/main.rs:5');
  });

  test('may be a constant of another source', () => {
    const source = struct('    #[arg(default_value_t = defaults::PORT_OF_ALL)]\n    port: u16,');
    expect(listening(source, { 'src/defaults.rs': 'pub const PORT_OF_ALL: u16 = 4100;\n' }).port).toBe(4100);
  });

  test('of what the service calls is none of its own', () => {
    const field = '    #[serde(default = "default_port")]\n    port: u16,';
    expect(listening(`${struct(field, 'DatabaseConfig')}fn default_port() -> u16 { 5432 }\n`).port).toBeNull();
  });

  test('counts where a variable could change it, and the variable follows the port', () => {
    const fields = [
      '    #[arg(long, default_value = "8080", env = "SERVER_PORT")]\n    port: u16,',
      '    #[arg(long, default_value = "8081", env = "SERVER_REDIRECT_PORT")]\n    redirect_from_port: u16,',
    ];
    expect(listening(struct(fields.join('\n')))).toMatchObject({ port: 8080, env: { SERVER_PORT: '{port}' }, ids: [] });
  });

  test('may be taken from a variable of the field’s name', () => {
    const field = '    #[arg(long, env, default_value_t = 8080)]\n    http_port: u16,';
    expect(listening(struct(field)).env).toEqual({ HTTP_PORT: '{port}' });
  });

  test('that only the machine itself can reach is changed in the run command', () => {
    const port = '    #[arg(long, default_value_t = 8080)]\n    port: u16,\n';
    const bind = (attribute: string) => `${port}    #[arg(${attribute})]\n    bind: IpAddr,`;
    expect(listening(struct(bind('long, default_value = "127.0.0.1"'))).args).toEqual(['--bind=0.0.0.0']);
    expect(
      listening(struct(bind('long, env = "SHOP_BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST)'))),
    ).toMatchObject({ args: [], env: { SHOP_BIND: '0.0.0.0' } });
    expect(listening(struct(bind('default_value = "127.0.0.1"'))).ids).toEqual(['rust-loopback']);
    expect(listening(struct(bind('long, default_value = "0.0.0.0"'))).args).toEqual([]);
  });
});

describe('the default of a builder’s option', () => {
  test.each([
    ['Arg::new("port").long("port").default_value("5000")', 5000],
    ['Arg::with_name("port").help("the port").default_value(DEFAULT)', 4000],
    ['Arg::new("host").default_value("0.0.0.0")).arg(Arg::new("port").default_value("80")', 80],
    ['Arg::new("port").long("port")).arg(Arg::new("level").default_value("5000")', null],
    ['Arg::new("metrics-port").default_value("5000")', null],
  ])('in %s is %s', (arg, port) => {
    expect(listening(`const DEFAULT: &str = "4000";\nfn main() { Command::new("x").arg(${arg}); }\n`).port).toBe(port);
  });

  test('may stand apart, in a field that serde fills: the option says the variable', () => {
    const source = `fn main() { Arg::new("port")\n.env("SHOP_PORT")\n.long("port"); }\n${struct(
      '    #[serde(default = "default_port")]\n    pub port: u16,',
    )}fn default_port() -> u16 { 5000 }\n`;
    expect(listening(source)).toMatchObject({ port: 5000, env: { SHOP_PORT: '{port}' } });
  });
});

test('Attributes take no time, whatever they are', async () => {
  const took = await busyFor(() => {
    for (const part of [
      '#[arg(',
      '#[a]\n',
      '{#[',
      '#[arg(default_value="',
      'Arg::new("port")',
      '#[serde(default="x")]\nport:u16,\n',
    ]) {
      listening(part.repeat(Math.ceil(300_000 / part.length)).replace(/(.{500})/g, '$1\n'));
    }
  });
  expect(took).toBeLessThan(3000);
});
