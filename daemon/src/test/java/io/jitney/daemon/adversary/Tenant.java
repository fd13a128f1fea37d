package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.sidecar.NodeSidecar;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.sidecar.SidecarHost;
import io.jitney.daemon.sidecar.SidecarOutput;
import io.jitney.daemon.testing.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A virtual sidecar, as its launcher knows it. */
final class Tenant implements SidecarOutput, AutoCloseable {
  static final String READY = "dapr initialized. Status: Running.";
  private static final String DAPR = "/dapr.proto.runtime.v1.Dapr/";

  private final String appId;
  private final Path folder;
  private final String token;
  private final Map<String, Integer> ports = new HashMap<>();
  private final StringBuffer output = new StringBuffer();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();
  private NodeSidecar sidecar;

  private Tenant(String appId, Path folder, String token) {
    this.appId = appId;
    this.folder = folder;
    this.token = token;
  }

  /** What is known of a tenant before it is opened. */
  static final class Opening {
    private final String appId;
    private final Path folder;
    private final Path resources;
    private final String redis;
    private final NodeSidecars sidecars;
    private final Consumer<Tenant> started;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private boolean sockets;

    Opening(
        String appId, Path folder, String redis, NodeSidecars sidecars, Consumer<Tenant> started)
        throws IOException {
      this.appId = appId;
      this.folder = folder;
      this.resources = Files.createDirectories(folder.resolve("resources"));
      this.redis = redis;
      this.sidecars = sidecars;
      this.started = started;
    }

    Path folder() {
      return folder;
    }

    Opening namespace(String namespace) {
      return env("NAMESPACE", namespace);
    }

    Opening token(String token) {
      return env("DAPR_API_TOKEN", token);
    }

    Opening env(String name, String value) {
      environment.put(name, value);
      return this;
    }

    Opening flag(String argument) {
      sockets |= argument.startsWith("--unix-domain-socket");
      arguments.add(argument);
      return this;
    }

    /** Instead of one that is free. */
    Opening port(String flag, int port) {
      ports.put(flag, port);
      return this;
    }

    Opening app(int port) {
      return flag("--app-port=" + port);
    }

    Opening resource(String file, String yaml) throws IOException {
      Files.writeString(resources.resolve(file), yaml);
      return this;
    }

    Opening config(String spec) throws IOException {
      Path file = folder.resolve("config.yaml");
      Files.writeString(
          file, "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nspec:\n" + spec.indent(2));
      return flag("--config=" + file);
    }

    /** A Component; {@code metadata} alternates names and values. */
    Opening component(String name, String type, String... metadata) throws IOException {
      StringBuilder yaml =
          new StringBuilder("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: \"")
              .append(name)
              .append("\"\nspec:\n  type: ")
              .append(type)
              .append("\n  version: v1\n  metadata:\n");
      for (int i = 0; i < metadata.length; i += 2) {
        yaml.append("  - name: ").append(metadata[i]).append("\n    value: \"");
        yaml.append(metadata[i + 1]).append("\"\n");
      }
      return resource(name + ".yaml", yaml.toString());
    }

    /** The Redis of the node under the name {@code store}, with the app id as key prefix. */
    Opening sharedStores() throws IOException {
      return redis("store");
    }

    Opening redis(String name, String... metadata) throws IOException {
      List<String> all = new ArrayList<>(List.of("redisHost", redis));
      all.addAll(List.of(metadata));
      return component(name, "state.redis", all.toArray(String[]::new));
    }

    Opening secrets(String name, String json) throws IOException {
      Files.writeString(folder.resolve(name + ".json"), json);
      return component(name, "secretstores.local.file", "secretsFile", name + ".json");
    }

    /** Opens it and waits until it is ready. */
    Tenant start() throws Exception {
      return begin().awaitOutput(READY);
    }

    Tenant begin() throws IOException {
      String token = environment.getOrDefault("DAPR_API_TOKEN", "");
      Tenant tenant = new Tenant(appId, folder, token);
      arguments.add("--app-id=" + appId);
      arguments.add("--resources-path=" + resources);
      arguments.add("--dapr-listen-addresses=127.0.0.1");
      arguments.add("--metrics-listen-address=127.0.0.1");
      arguments.add("--dapr-internal-grpc-listen-address=127.0.0.1");
      arguments.add("--dapr-graceful-shutdown-seconds=1");
      for (String flag :
          List.of(
              "dapr-http-port",
              "dapr-grpc-port",
              "dapr-internal-grpc-port",
              "dapr-public-port",
              "metrics-port")) {
        int port = ports.containsKey(flag) ? ports.get(flag) : FreePort.pick();
        tenant.ports.put(flag, port);
        arguments.add("--" + flag + "=" + port);
      }
      started.accept(tenant);
      tenant.sidecar =
          sidecars.start(
              NodeSidecar.Origin.LAUNCHER,
              tenant,
              SidecarHost.NONE,
              arguments,
              environment,
              folder);
      return tenant;
    }
  }

  String appId() {
    return appId;
  }

  Path folder() {
    return folder;
  }

  int http() {
    return ports.get("dapr-http-port");
  }

  int grpc() {
    return ports.get("dapr-grpc-port");
  }

  int internal() {
    return ports.get("dapr-internal-grpc-port");
  }

  int pub() {
    return ports.get("dapr-public-port");
  }

  int metrics() {
    return ports.get("metrics-port");
  }

  AppInstance instance() {
    return sidecar.instance();
  }

  /** A request of its own app over HTTP, with its token. */
  Reply ask(String requestLine, String... headers) throws IOException {
    return RawHttp.ask(http(), requestLine, withToken(headers));
  }

  /** As {@link #ask}, with a body. */
  Reply send(String requestLine, String body, String... headers) throws IOException {
    return RawHttp.exchange(http(), RawHttp.withBody(requestLine, body, withToken(headers)));
  }

  private String[] withToken(String[] headers) {
    if (token.isEmpty()) {
      return headers;
    }
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "dapr-api-token: " + token;
    return all;
  }

  /** A call of its own app over gRPC, with its token. */
  Reply dapr(String method, Message message, String... metadata) throws IOException {
    String[] all = metadata;
    if (!token.isEmpty()) {
      all = java.util.Arrays.copyOf(metadata, metadata.length + 2);
      all[metadata.length] = "dapr-api-token";
      all[metadata.length + 1] = token;
    }
    return RawHttp2.grpc(grpc(), method.startsWith("/") ? method : DAPR + method, message, all);
  }

  /** What its launcher has printed. */
  String output() {
    return output.toString();
  }

  Tenant awaitOutput(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (output.indexOf(text) < 0) {
      if (System.nanoTime() > end || code.isDone()) {
        throw new IllegalStateException("no \"" + text + "\" of " + appId + " in\n" + output);
      }
      Thread.sleep(1);
    }
    return this;
  }

  /** Waits for its end. */
  int exitCode() throws Exception {
    return code.get(20, TimeUnit.SECONDS);
  }

  boolean ended() {
    return code.isDone();
  }

  /** Ends gracefully; idempotent. */
  @Override
  public void close() throws Exception {
    sidecar.signal(ControlSignal.TERM);
    exitCode();
  }

  @Override
  public void stdout(byte[] lines) {
    output.append(new String(lines, UTF_8));
  }

  @Override
  public void stderr(byte[] lines) {
    output.append(new String(lines, UTF_8));
  }

  @Override
  public void exit(int exitCode) {
    code.complete(exitCode);
  }
}
