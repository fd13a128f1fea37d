package io.jitney.daemon.adversary;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.admin.AdminServer;
import io.jitney.daemon.admin.CommandRequests;
import io.jitney.daemon.admin.NodeStatus;
import io.jitney.daemon.control.ControlPath;
import io.jitney.daemon.control.ControlSocket;
import io.jitney.daemon.node.CallerIdentity.Credentials;
import io.jitney.daemon.node.ListenerOptions;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.sidecar.SidecarControl;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.tenancy.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A node as {@code jitney daemon} runs it, in this JVM: node listener, admin port, control socket,
 * and two virtual sidecars, the {@linkplain #victim() victim} and {@linkplain #mallory() Mallory},
 * who share a Redis. Register it as a static field.
 */
final class AttackedNode implements BeforeAllCallback, AfterAllCallback {
  static final String MALLORYS_TOKEN = "token-of-mallory";

  private final RedisServer redis = new RedisServer();
  private final InProcessDaemon running = new InProcessDaemon();
  private final List<Tenant> tenants = new CopyOnWriteArrayList<>();
  private final Map<TenantId, Credentials> declared = new HashMap<>();
  private Path folder = Path.of("/");
  private NodeSidecars sidecars;
  private AdminServer admin;
  private ControlSocket control;
  private Tally tally;
  private int http;
  private int grpc;
  private Victim victim;
  private Tenant mallory;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    redis.beforeAll(context);
    tally = Tally.of(context);
    folder = Files.createTempDirectory("adversary-");
    Daemon daemon = daemon();
    sidecars = new NodeSidecars(daemon.opener());
    ListenerOptions options = new ListenerOptions(4096, true);
    http = daemon.listener().listenHttp(List.of(""), 0, options);
    grpc = daemon.listener().listenGrpc(List.of(""), 0, options);
    NodeStatus status =
        new NodeStatus(daemon.registry(), daemon.node().pools(), 2, sidecars, () -> null, List::of);
    admin = AdminServer.open("127.0.0.1", 0, status, daemon.health(), daemon.node().loops());
    CommandRequests commands = new CommandRequests(status);
    control =
        ControlSocket.open(
            new ControlPath(folder.resolve("d.sock"), true),
            new SidecarControl(sidecars, commands::accept, commands::gone));
    victim = Victim.start(this);
    Tenant.Opening opening = open("mallory").token(MALLORYS_TOKEN).sharedStores();
    opening.secrets("vault", "{\"own\": \"mine\"}");
    mallory = opening.component("mine", "state.in-memory").start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    for (Tenant tenant : tenants.reversed()) {
      tenant.close();
    }
    if (victim != null) {
      victim.app().close();
    }
    control.close();
    admin.close();
    running.close();
    redis.afterAll(context);
  }

  Daemon daemon() {
    return running.daemon();
  }

  NodeSidecars sidecars() {
    return sidecars;
  }

  Tally tally() {
    return tally;
  }

  Victim victim() {
    return victim;
  }

  Tenant mallory() {
    return mallory;
  }

  /** A further tenant; it ends with the node at the latest. */
  Tenant.Opening open(String appId) throws IOException {
    return new Tenant.Opening(
        appId,
        Files.createTempDirectory(folder, "t-"),
        redis.address(),
        Objects.requireNonNull(sidecars),
        tenants::add);
  }

  /** What an apps file would declare: replaces what is declared for that app. */
  synchronized List<String> declare(String namespace, String appId, Credentials credentials) {
    declared.put(new TenantId(namespace, appId), credentials);
    return daemon().identity().declare(declared);
  }

  synchronized void undeclare(String namespace, String appId) {
    declared.remove(new TenantId(namespace, appId));
    daemon().identity().declare(declared);
  }

  /** The node's HTTP API port. */
  int http() {
    return http;
  }

  /** The node's gRPC API port. */
  int grpc() {
    return grpc;
  }

  int admin() {
    return admin.port();
  }

  Path socket() {
    return control.path();
  }

  Path folder() {
    return folder;
  }

  String redis() {
    return redis.address();
  }

  /** Lines of metrics and the like, without those of other tests. */
  static List<String> lines(Reply reply, String part) {
    List<String> lines = new ArrayList<>(reply.text().lines().toList());
    lines.removeIf(line -> !line.contains(part));
    return lines;
  }
}
