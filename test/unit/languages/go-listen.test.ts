import { describe, expect, test } from 'vitest';
import { detectGo } from '../../../src/languages/go/detect.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { busyFor } from '../busy.ts';

/** Where a Go program says that it listens: defaults of flags, of fields and of variables. */

function listening(code: string, more: Record<string, string> = {}) {
  const files = { 'go.mod': 'module example.com/shop\n\ngo 1.25.0\n', 'main.go': code, ...more };
  const found = detectGo(projectOf(files));
  if (!found) throw new Error('no Go service');
  const { port, env, args = [], evidence, findings } = found;
  const from = evidence.find(({ setting }) => setting === 'port')?.from;
  return { port, env, args, from, ids: findings.map(({ id }) => id) };
}

const inMain = (code: string, more = '') => listening(`package main\n\n${more}func main() {\n\t${code}\n}\n`);

describe('the default of a flag', () => {
  test.each([
    ['flag.Int("port", 9898, "HTTP port to bind service to")', 9898],
    ['fs := pflag.NewFlagSet("x", 0)\n\tfs.Int("port", 9898, "port")\n\tfs.Int("grpc-port", 9999, "gRPC")', 9898],
    ['cmd.Flags().IntVarP(&port, "port", "p", 8080, "port")', 8080],
    ['rootCmd.PersistentFlags().String("listen-address", ":8080", "address")', 8080],
    ['flag.StringVar(&cfg.Addr, "web.listen-address", ":9115", "address")', 9115],
    ['flag.String("addr", defaultAddr, "address")', 7070],
    ['flag.Int("port", config.DefaultPort, "port")', 7071],
    ['&cli.IntFlag{Name: "port", Aliases: []string{"p"}, Value: 8081, EnvVars: []string{"SHOP_PORT"}}', 8081],
    ['kingpin.Flag("port", "The port.").Short(\'p\').Default("8082").Int()', 8082],
    ['viper.SetDefault("server.port", 8083)', 8083],
    ['viper.SetDefault("database.port", 5432)', null],
    ['flag.Int("metrics-port", 9090, "metrics")', null],
    ['flag.String("addr", ":50051", "the address to connect to")', null],
    ['flag.String("host", "example.com", "x")', null],
    ['serveCmd.Flags().Int("port", 8080, "of serve")', null],
    ['zap.String("address", ":8080")', null],
    ['// flag.Int("port", 9898, "HTTP")', null],
    ['flag.Int("port", unknown, "port")', null],
    ['flag.Int("port", 1234, "a")\n\tflag.Int("http-port", 1235, "b")', null],
  ])('in %j is %s', (code, port) => {
    const constants = ['const defaultAddr = ":7070"', 'const DefaultPort = 7071'];
    const named = constants.filter((line) => code.includes(line.split(' ')[1] ?? ''));
    expect(inMain(code, `${named.join('\n')}\n`).port).toBe(port);
  });

  test('stands at its line', () => {
    expect(inMain('flag.Int("port", 9898, "port")').from).toBe('main.go:4');
  });

  test('that only the machine itself can reach is changed in the run command', () => {
    expect(inMain('flagSet.String("http-address", "127.0.0.1:4180", "<addr>:<port> to listen on")')).toMatchObject({
      port: 4180,
      args: ['--http-address=0.0.0.0:{port}'],
      ids: [],
    });
  });

  test('is set for no program while several could be meant', () => {
    const main =
      'package main\n\nfunc main() { flag.String("addr", "localhost:8080", "listen"); http.ListenAndServe(a, b) }\n';
    const found = listening('package shop\n', { 'cmd/a/main.go': main, 'cmd/b/main.go': main });
    expect(found).toMatchObject({ port: 8080, args: [], env: {} });
  });
});

describe('the default of a variable', () => {
  test.each([
    ['http.ListenAndServe(getEnv("LISTEN_ADDR", ":8080"), nil)', 8080, { LISTEN_ADDR: ':{port}' }],
    [
      'addr := cmp.Or(os.Getenv("SHOP_LISTEN"), "127.0.0.1:8081")\n\thttp.ListenAndServe(addr, nil)',
      8081,
      { SHOP_LISTEN: '0.0.0.0:{port}' },
    ],
    ['http.ListenAndServe(":"+getEnv("SHOP_PORT", "8082"), nil)', 8082, { SHOP_PORT: '{port}' }],
    ['flag.StringVar(&port, "port", getEnv("SHOP_PORT", "80"), "a port")', 80, { SHOP_PORT: '{port}' }],
    ['x := getEnv("REDIS_ADDR", "localhost:6379")', null, {}],
    ['x := getEnv("CART_SERVICE_ADDR", "cart:7070")', null, {}],
  ])('in %j is %s', (code, port, env) => {
    expect(inMain(code)).toMatchObject({ port, env, ids: [] });
  });

  test('may stand in a table of all settings', () => {
    const table =
      'var options = map[string]*option{\n\t"KEY_FILE": {\n\t\traw: "",\n\t},\n\t"LISTEN_ADDR": {\n\t\tlist: []string{"127.0.0.1:8080"},\n\t\traw: "127.0.0.1:8080",\n\t},\n\t"PROXY": {\n\t\traw: "127.0.0.1:9999",\n\t},\n}\n\n';
    expect(inMain('', table)).toMatchObject({ port: 8080, env: { LISTEN_ADDR: '0.0.0.0:{port}' }, ids: [] });
  });

  test.each([
    ['HTTPPort int `env:"HTTP_PORT" envDefault:"8080"`', 8080, { HTTP_PORT: '{port}' }],
    ['Addr string `env:"ADDR,required" env-default:":8080"`', 8080, { ADDR: ':{port}' }],
    ['Port int `long:"port" env:"SHOP_PORT" default:"8080" description:"port"`', 8080, { SHOP_PORT: '{port}' }],
    ['Port int `json:"port" yaml:"port"`', null, {}],
    ['Level int `env:"LEVEL" envDefault:"8080"`', null, {}],
  ])('may be a field’s tag: %s', (field, port, env) => {
    expect(inMain('', `type Config struct {\n\t${field}\n}\n\n`)).toMatchObject({ port, env });
  });

  test('of what the service calls is none of its own', () => {
    const field = 'Port int `env:"PG_PORT" envDefault:"5432"`';
    expect(inMain('', `type PostgresConfig struct {\n\t${field}\n}\n\n`)).toMatchObject({ port: null, env: {} });
  });
});

test('Options take no time, whatever they are', async () => {
  const took = await busyFor(() => {
    for (const part of [
      'IntFlag{',
      'IntFlag{{}{}{}',
      '.Flag("port").a(',
      '.String("port", "',
      'getEnv("A", ',
      '"LISTEN":{',
      'a b `',
      '"LISTEN":{""""',
      '.Flag("port", "")\n.a()\n',
    ]) {
      listening(`package main\n${part.repeat(Math.ceil(200_000 / part.length)).replace(/(.{500})/g, '$1\n')}`);
    }
  });
  expect(took).toBeLessThan(4000);
});
