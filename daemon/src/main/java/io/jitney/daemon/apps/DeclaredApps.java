package io.jitney.daemon.apps;

import io.jitney.daemon.files.FileProblem;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.node.CallerIdentity;
import io.jitney.daemon.node.CallerIdentity.Credentials;
import io.jitney.daemon.wake.Sleeper;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the node what the apps files say: opens apps that are new, closes those that are gone,
 * opens anew those that changed. Quotas, API tokens and source addresses change in the running
 * daemon, with no call lost.
 *
 * <p>One thread calls everything except {@link #status}.
 */
public final class DeclaredApps {
  /**
   * How one app is doing.
   *
   * @param state opening, running, sleeping, waking, failed, closing
   * @param reason why it failed; "" otherwise
   * @param sleeper of an app that scales to zero; null: of others
   */
  public record Status(
      TenantId id, String file, String state, String reason, Sleeper.@Nullable Status sleeper) {}

  private final TenantRegistry<AppInstance> registry;
  private final CallerIdentity identity;
  private final DeclaredApp.Node node;
  private final Map<TenantId, DeclaredApp> apps = new LinkedHashMap<>();
  private Set<String> told = Set.of();
  private volatile List<String> problems = List.of();
  private volatile List<Status> status = List.of();

  DeclaredApps(
      TenantRegistry<AppInstance> registry, CallerIdentity identity, DeclaredApp.Node node) {
    this.registry = registry;
    this.identity = identity;
    this.node = node;
  }

  /** What is wrong with the files now, a line each; safe from any thread. */
  public List<String> problems() {
    return problems;
  }

  /** The declared apps; safe from any thread, as of a moment ago. */
  public List<Status> status() {
    return status;
  }

  /** Plans and applies. Says what it does in the daemon's log, a line for each app. */
  void apply(ParsedApps parsed) {
    List<String> wrong = new ArrayList<>();
    parsed.problems().forEach(problem -> wrong.add(problem.toString()));
    Map<TenantId, AppResource> wanted = new LinkedHashMap<>();
    parsed.apps().forEach(app -> wanted.put(app.id(), app));
    // Of a file that is partly unreadable nobody knows whether an app was taken out of it: what ran
    // goes on.
    apps.forEach(
        (id, app) -> {
          if (parsed.unclear().contains(app.resource().file())) {
            wanted.putIfAbsent(id, app.resource());
          }
        });
    identity(wanted, wrong);
    List<TenantId> gone = apps.keySet().stream().filter(id -> !wanted.containsKey(id)).toList();
    gone.forEach(this::close);
    wanted.values().forEach(this::open);
    report(wrong);
    refreshStatus();
  }

  /** Reads the tokens again. */
  void refreshTokens() {
    Map<TenantId, AppResource> now = new HashMap<>();
    apps.forEach((id, app) -> now.put(id, app.resource()));
    List<String> wrong = new ArrayList<>();
    identity(now, wrong);
    wrong.forEach(line -> node.log().accept("apps: " + line));
  }

  /** The credentials come first: an app that is gone must not be served while it closes. */
  private void identity(Map<TenantId, AppResource> wanted, List<String> wrong) {
    Map<TenantId, Credentials> credentials = new HashMap<>();
    wanted.forEach(
        (id, app) ->
            credentials.put(id, new Credentials(tokens(app, wrong), app.sourceAddresses())));
    wrong.addAll(identity.declare(credentials));
  }

  private List<String> tokens(AppResource app, List<String> wrong) {
    SecretReference reference = app.apiToken();
    if (reference == null) {
      return List.of();
    }
    try {
      return List.of(reference.read(node.environment()));
    } catch (IOException unreadable) {
      wrong.add(
          new FileProblem(
                  app.file(),
                  app.document(),
                  "spec.apiToken",
                  unreadable.getMessage() + ": nobody gets in")
              .toString());
      return List.of("");
    }
  }

  private void close(TenantId id) {
    DeclaredApp app = apps.remove(id);
    if (app != null) {
      node.log().accept("app " + id + " is not declared any more: closing");
      app.close();
      registry.undeclare(id);
    }
  }

  private void open(AppResource wanted) {
    registry.declare(wanted.subject());
    DeclaredApp known = apps.get(wanted.id());
    if (known == null) {
      DeclaredApp app = new DeclaredApp(node, wanted);
      apps.put(wanted.id(), app);
      node.log().accept("app " + wanted.id() + " is declared in " + wanted.file() + ": opening");
      app.open();
    } else if (!known.resource().equals(wanted)) {
      boolean anew = known.change(wanted);
      node.log()
          .accept(
              "app "
                  + wanted.id()
                  + " changed: "
                  + (anew ? "opening anew" : "applied while it runs"));
    }
  }

  /** Each problem is said once, while it lasts. */
  private void report(List<String> wrong) {
    wrong.stream()
        .filter(line -> !told.contains(line))
        .forEach(line -> node.log().accept("apps: " + line));
    told = new HashSet<>(wrong);
    problems = List.copyOf(wrong);
  }

  void refreshStatus() {
    List<Status> now = new ArrayList<>(apps.size());
    apps.values().forEach(app -> now.add(app.status()));
    status = List.copyOf(now);
  }

  /** Whether each app runs or has failed at least once: nothing is left to wait for at start. */
  boolean settled() {
    return apps.values().stream().noneMatch(app -> app.state() == DeclaredApp.State.OPENING);
  }

  void closeAll() {
    List.copyOf(apps.values()).forEach(DeclaredApp::close);
    refreshStatus();
  }
}
