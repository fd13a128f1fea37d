package io.jitney.daemon.resiliency;

import io.jitney.daemon.resources.ResiliencyResource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one app instance's calls go through on their way to components and apps. A caller asks for
 * the policy of its target, and runs under it unless there is none:
 *
 * <pre>{@code
 * Resiliency resiliency = instance.resiliency();
 * Policy policy = resiliency.outbound(ComponentType.PUBSUB, name);
 * return policy.isNone() ? publish() : resiliency.run(policy, () -> publish());
 * }</pre>
 *
 * <p>Immutable but for the breakers; a reload of changed resources makes another. Asking without
 * any resource costs nothing. Threads: any; attempts after the first are on the event loop of the
 * caller's context.
 */
public final class Resiliency {
  /** A failure that has no code: always worth another attempt. */
  public static final int NO_CODE = RetryMatch.NO_CODE;

  /** A failure that no further attempt can mend, whatever the policy says. */
  public static final int NEVER = RetryMatch.NEVER;

  /** No policies at all, the built-in ones neither: before the resources are loaded. */
  public static final Resiliency NONE = new Resiliency(null, List.of(), ResiliencyTable.none());

  private final @Nullable Vertx vertx;
  private final List<ResiliencyResource> resources;
  private final ResiliencyTable table;

  private Resiliency(
      @Nullable Vertx vertx, List<ResiliencyResource> resources, ResiliencyTable table) {
    this.vertx = vertx;
    this.resources = resources;
    this.table = table;
  }

  /**
   * Of an instance's resources.
   *
   * @param problems gets a line for each resource that has a fault
   */
  public static Resiliency of(
      Vertx vertx,
      List<ResiliencyResource> resources,
      PolicyMetrics metrics,
      Consumer<String> problems) {
    return new Resiliency(
        vertx, List.copyOf(resources), ResiliencyTable.of(resources, metrics, problems));
  }

  /** The names of the resources, for the metadata API. */
  public List<String> names() {
    return resources.stream().map(resource -> resource.metadata().name()).toList();
  }

  /** Whether it was made of the same: then its breakers should stay. */
  public boolean isOf(List<ResiliencyResource> others) {
    return vertx != null && resources.equals(others);
  }

  /**
   * Whether calls to an app, endpoint or URL may have a policy: to be asked before a key is made up
   * for {@link #app}.
   */
  public boolean concerns(String target) {
    return table.concerns(target);
  }

  /** The policy of calls to a component. */
  public Policy outbound(ComponentType type, String component) {
    return table.component(component, type, Direction.OUTBOUND);
  }

  /** The policy of calls from a component to the app. */
  public Policy inbound(ComponentType type, String component) {
    return table.component(component, type, Direction.INBOUND);
  }

  /**
   * The policy of a call to an app.
   *
   * @param target app id, HTTPEndpoint name or base URL
   * @param key what the breakers of the target are told apart by: the method
   */
  public Policy app(String target, String key) {
    return table.app(target, key);
  }

  /** Whether the app (or endpoint name, or base URL) has a target of its own, an empty one too. */
  public boolean hasApp(String target) {
    return table.hasApp(target);
  }

  /** Retries that are there without a resource. */
  public Policy builtIn(BuiltIn which) {
    return vertx == null ? Policy.NONE : table.builtIn(which);
  }

  /** Runs a call whose failures have no codes, as those of most components. */
  public <T> Future<T> run(Policy policy, Supplier<Future<T>> attempt) {
    return run(policy, failure -> NO_CODE, attempt);
  }

  /**
   * Runs attempts until one succeeds or the policy gives up; then fails with the last failure.
   *
   * @param codes the gRPC code (0-16) or HTTP status (100-599) of a failure, {@link #NO_CODE} or
   *     {@link #NEVER}
   * @param attempt one attempt; called again for each repetition
   */
  public <T> Future<T> run(
      Policy policy, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    return vertx == null || policy.isNone()
        ? attempt.get()
        : prepare(policy, codes, attempt).begin().result();
  }

  /** As {@link #run}, for a caller that may take the call back; the policy is not none. */
  public <T> PolicyRun<T> start(
      Policy policy, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    return prepare(policy, codes, attempt).begin();
  }

  /** As {@link #start}, not begun yet. */
  public <T> PolicyRun<T> prepare(
      Policy policy, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    if (vertx == null) {
      throw new IllegalStateException("no policy to run under");
    }
    return policy.prepare(vertx, codes, attempt);
  }
}
