#!/usr/bin/env python3
"""Measures a daemon: start time, memory per tenant, connections, CPU per call. Prints a table; --json for the rest.

  measure.py cpu    [--peer DAPRD]     CPU of the runtime per call (wrk and ghz, 16 connections, after warm-up)
  measure.py memory [--tenants 1,100]  PSS of the daemon and its launchers, Redis connections
  measure.py start                     ready time of the daemon, of a further tenant, of a private daemon

Needs redis-server, wrk, ghz, python3; everything on loopback. --peer adds a daprd to compare with in the same run.
"""
import argparse, base64, http.client, http.server, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.normpath(os.path.join(HERE, "..", "..", "..", "bin"))
TICK = os.sysconf("SC_CLK_TCK")


PORTS = iter(range(20000 + os.getpid() % 97 * 100, 32000))


def free_port():
    """Below what the kernel gives to clients: 1,000 tenants of four ports would run into those."""
    for port in PORTS:
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise SystemExit("no free port is left below 32000")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def pss_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))


def wait(test, seconds=30, step=0.005):
    end = time.time() + seconds
    while time.time() < end:
        if test():
            return True
        time.sleep(step)
    raise SystemExit("timed out")


def get(port, path, headers=None, method="GET", body=None):
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        c.request(method, path, body, headers or {})
        r = c.getresponse()
        r.read()
        c.close()
        return r.status
    except OSError:
        return 0


class Daemon:
    """A node daemon with its socket in a folder of its own."""
    def __init__(self, *flags):
        self.dir = tempfile.mkdtemp(prefix="jitney-measure-")
        self.socket = os.path.join(self.dir, "d.sock")
        self.env = {**os.environ, "JITNEY_SOCKET": self.socket}
        start = time.time()
        self.proc = subprocess.Popen([os.path.join(BIN, "jitney"), "daemon", *flags], env=self.env,
                                     stdout=open(os.path.join(self.dir, "daemon.log"), "w"), stderr=subprocess.STDOUT)
        wait(lambda: os.path.exists(self.socket) or self.proc.poll() is not None)
        self.ready = time.time() - start
        self.sidecars = []

    @property
    def pid(self):
        return self.proc.pid

    def sidecar(self, app_id, resources=None, app_port=None, **flags):
        s = Sidecar([os.path.join(BIN, "daprd")], self.env, self.dir, app_id, resources, app_port, flags)
        self.sidecars.append(s)
        return s

    def stop(self):
        for s in self.sidecars:
            s.proc.terminate()
        for s in self.sidecars:
            s.proc.wait(30)
        self.proc.terminate()
        self.proc.wait(30)
        shutil.rmtree(self.dir, ignore_errors=True)


class Sidecar:
    def __init__(self, command, env, folder, app_id, resources, app_port, flags):
        self.http, self.grpc = free_port(), free_port()
        self.dir = os.path.join(folder, app_id)
        os.makedirs(self.dir, exist_ok=True)
        for name, text in (resources or {}).items():
            with open(os.path.join(self.dir, name), "w") as f:
                f.write(text)
        argv = command + [f"--app-id={app_id}", f"--dapr-http-port={self.http}", f"--dapr-grpc-port={self.grpc}",
                          f"--dapr-internal-grpc-port={free_port()}", f"--metrics-port={free_port()}", f"--resources-path={self.dir}",
                          "--dapr-listen-addresses=127.0.0.1"]
        argv += [f"--app-port={app_port}"] if app_port else []
        argv += [f"--{k.replace('_', '-')}={v}" for k, v in flags.items()]
        self.log = os.path.join(folder, app_id + ".log")
        self.started = time.time()
        self.proc = subprocess.Popen(argv, env=env, cwd=folder, stdout=open(self.log, "w"), stderr=subprocess.STDOUT)

    def wait_ready(self, path="/v1.0/healthz/outbound"):
        wait(lambda: get(self.http, path) == 204 or self.proc.poll() is not None)
        if self.proc.poll() is not None:
            raise SystemExit(open(self.log).read()[-2000:])
        return time.time() - self.started


def component(name, kind, **metadata):
    rows = "".join(f"\n  - {{name: {k}, value: \"{v}\"}}" for k, v in metadata.items())
    return f"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec:\n  type: {kind}\n  version: v1\n  metadata:{rows or ' []'}\n"


POST = os.path.join(HERE, "post.lua")
EVENT = base64.b64encode(b'{"orderId": 4711, "customer": "c-17", "items": [{"sku": "a", "count": 2, "price": 9.90}]}').decode()


def wrk(url, seconds, connections=16, script=None):
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *(["-s", script] if script else []), url],
                         capture_output=True, text=True).stdout
    n = int(re.search(r"(\d+) requests in", out).group(1))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    p99 = re.search(r"99%\s+(\S+)", out).group(1)
    if bad:
        raise SystemExit(out)
    return n, p99


def ghz(port, call, data, seconds, connections=16):
    proto = os.path.join(HERE, "state.proto")
    out = subprocess.run(["ghz", "--insecure", "--proto", proto, "--call", call, "-d", json.dumps(data), "-z", f"{seconds}s", "-c", str(connections),
                          "--connections", str(connections), "--duration-stop=wait", "-O", "json", f"127.0.0.1:{port}"], capture_output=True, text=True)
    o = json.loads(out.stdout)
    ok = o["statusCodeDistribution"].get("OK", 0)
    if set(o["statusCodeDistribution"]) - {"OK", "Unavailable", "Canceled"}:
        raise SystemExit(out.stdout[:2000])
    p99 = next((x["latency"] for x in o["latencyDistribution"] if x["percentage"] == 99), 0)
    return ok, f"{p99 / 1e6:.2f}ms"


class App:
    """The smallest HTTP app that does not get in the way: a compiled server would do, Python is enough to count CPU of the runtime."""
    def __init__(self):
        self.port = free_port()
        self.proc = subprocess.Popen([find_java(), "-XX:+UseSerialGC", os.path.join(HERE, "TinyApp.java"), str(self.port)])
        wait(lambda: get(self.port, "/") == 200)


def find_java():
    for p in [os.environ.get("JDK25_HOME"), os.environ.get("JAVA_HOME"), "/usr/lib/jvm/temurin-25-jdk-amd64"]:
        if p and os.path.exists(os.path.join(p, "bin", "java")):
            return os.path.join(p, "bin", "java")
    return "java"


def redis():
    port = free_port()
    proc = subprocess.Popen(["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
    wait(lambda: subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).returncode == 0)
    return proc, port


def measure_cpu(a):
    r, rport = redis()
    app = App()
    rows = []
    res = {"mem.yaml": component("mem", "state.in-memory"), "bus.yaml": component("bus", "pubsub.in-memory"), "red.yaml": component("red", "state.redis", redisHost=f"127.0.0.1:{rport}")}
    d = Daemon(*a.daemon_flags)
    try:
        x = d.sidecar("caller", res)
        y = d.sidecar("target", app_port=app.port)
        x.wait_ready(), y.wait_ready("/v1.0/healthz")
        for store in ("mem", "red"):
            get(x.http, f"/v1.0/state/{store}", {"content-type": "application/json"}, "POST", json.dumps([{"key": "k", "value": "v" * 100}]))
        cases = [("HTTP state get, in-memory", lambda s: wrk(f"http://127.0.0.1:{x.http}/v1.0/state/mem/k", s), 45),
                 ("HTTP state get, Redis", lambda s: wrk(f"http://127.0.0.1:{x.http}/v1.0/state/red/k", s), 65),
                 ("gRPC state get, in-memory", lambda s: ghz(x.grpc, "dapr.proto.runtime.v1.Dapr.GetState", {"store_name": "mem", "key": "k"}, s), 55),
                 ("gRPC state get, Redis", lambda s: ghz(x.grpc, "dapr.proto.runtime.v1.Dapr.GetState", {"store_name": "red", "key": "k"}, s), 85),
                 ("HTTP publish, in-memory", lambda s: wrk(f"http://127.0.0.1:{x.http}/v1.0/publish/bus/t", s, script=POST), 70),
                 ("gRPC publish, in-memory", lambda s: ghz(x.grpc, "dapr.proto.runtime.v1.Dapr.PublishEvent",
                                                           {"pubsub_name": "bus", "topic": "t", "data": EVENT, "data_content_type": "application/json"}, s), 81),
                 ("HTTP invoke, app to app", lambda s: wrk(f"http://127.0.0.1:{x.http}/v1.0/invoke/target/method/x", s), 110)]
        for name, run, target in cases:
            if a.only and not re.search(a.only, name):
                continue
            run(a.warmup)
            best = []
            for _ in range(a.rounds):
                before = cpu_seconds(d.pid)
                n, p99 = run(a.seconds)
                best.append(((cpu_seconds(d.pid) - before) / n * 1e6, n / a.seconds, p99))
            best.sort()
            us, rate, p99 = best[len(best) // 2]
            rows.append((name, us, target, rate, p99, best[0][0], best[-1][0]))
            print(f"{name:28} {us:7.1f} us CPU/call (target {target}; {best[0][0]:.1f}-{best[-1][0]:.1f} over {len(best)} runs)  {rate:8.0f}/s  p99 {p99}", flush=True)
    finally:
        d.stop(), app.proc.kill(), r.kill()
    return rows


def measure_memory(a):
    r, rport = redis()
    d = Daemon(*a.daemon_flags)
    res = {"red.yaml": component("red", "state.redis", redisHost=f"127.0.0.1:{rport}")}
    last = (0, pss_kb(d.pid))
    try:
        print(f"daemon without tenants: {last[1] / 1024:.1f} MB PSS", flush=True)
        for want in a.tenants:
            batch = []
            while len(d.sidecars) < want:
                batch.append(d.sidecar(f"app{len(d.sidecars)}", res if len(d.sidecars) < 100 else {}))
                if len(batch) == 10:
                    [s.wait_ready() for s in batch]
                    batch = []
            [s.wait_ready() for s in batch]
            time.sleep(a.settle)
            pss = pss_kb(d.pid)
            conns = subprocess.run(["redis-cli", "-p", str(rport), "client", "list"], capture_output=True, text=True).stdout.count("\n") - 1
            launchers = sum(pss_kb(s.proc.pid) for s in d.sidecars)
            per = (pss - last[1]) / max(1, want - last[0])
            print(f"{want:5} tenants: daemon {pss / 1024:.1f} MB PSS, {per:.0f} kB per further tenant; launchers {launchers / 1024:.1f} MB in all; Redis connections {conns}", flush=True)
            last = (want, pss)
    finally:
        d.stop(), r.kill()


def measure_start(a):
    times = []
    for _ in range(a.rounds):
        d = Daemon(*a.daemon_flags)
        times.append(d.ready)
        d.stop()
    print(f"daemon ready: {min(times) * 1000:.0f} ms best, {sorted(times)[len(times) // 2] * 1000:.0f} ms median of {len(times)}")
    d = Daemon(*a.daemon_flags)
    try:
        opens = [d.sidecar(f"a{i}", {"m.yaml": component("m", "state.in-memory")}).wait_ready() for i in range(20)]
        opens = sorted(opens[5:])
        print(f"a further tenant, launcher included: {opens[0] * 1000:.0f} ms best, {opens[len(opens) // 2] * 1000:.0f} ms median")
    finally:
        d.stop()
    folder = tempfile.mkdtemp()
    env = {**os.environ, "JITNEY_SOCKET": os.path.join(folder, "none.sock")}
    times = []
    for i in range(a.rounds):
        s = Sidecar([os.path.join(BIN, "daprd")], env, folder, f"p{i}", {}, None, {})
        times.append(s.wait_ready())
        s.proc.terminate(), s.proc.wait()
    print(f"private daemon ready: {sorted(times)[len(times) // 2] * 1000:.0f} ms median of {len(times)}")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["cpu", "memory", "start"])
    p.add_argument("--seconds", type=int, default=8); p.add_argument("--warmup", type=int, default=10); p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--tenants", type=lambda s: [int(x) for x in s.split(",")], default=[1, 10, 100])
    p.add_argument("--settle", type=float, default=5); p.add_argument("--only"); p.add_argument("--daemon-flags", type=lambda s: s.split(), default=[])
    a = p.parse_args()
    {"cpu": measure_cpu, "memory": measure_memory, "start": measure_start}[a.what](a)
