package io.jitney.daemon.instance;

import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.NodeResources;
import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.resources.ComponentResource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens and closes single components, neither for longer than is allowed: a component that hangs is
 * left behind.
 */
final class ComponentOpener {
  private static final String SCOPE = "dapr.runtime.processor";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final long CLOSE_SECONDS = 5;

  private final NodeResources node;
  private final AppInstance instance;

  ComponentOpener(NodeResources node, AppInstance instance) {
    this.node = node;
    this.instance = instance;
  }

  /** Opens within the init timeout, on a thread of its own. Waits: for virtual threads. */
  <C extends Component> C open(
      ComponentFactory<C> factory, ComponentResource component, Metadata metadata)
      throws ComponentFailure, InterruptedException {
    Duration timeout = timeout(component.initTimeout());
    if (!timeout.isPositive()) {
      throw late(component, timeout);
    }
    ComponentSpec spec =
        new ComponentSpec(component.name(), component.type(), component.version(), metadata);
    ComponentOpening use =
        new ComponentOpening(
            node,
            instance.settings().environment(),
            instance.settings().workingDirectory(),
            instance.log().forComponent(component.name()),
            instance.standsIn());
    Promise<C> promise = Promise.promise();
    Thread opener =
        Thread.ofVirtual()
            .name("open " + component.name())
            .start(() -> start(factory, spec, use, promise));
    try {
      return promise
          .future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      throw ComponentFailure.init(component.logName(), cause(CauseText.cause(failed)));
    } catch (TimeoutException late) {
      leave(opener, promise.future());
      throw late(component, timeout);
    } catch (InterruptedException stopped) {
      leave(opener, promise.future());
      throw stopped;
    }
  }

  private static <C extends Component> void start(
      ComponentFactory<C> factory,
      ComponentSpec spec,
      ComponentOpening opening,
      Promise<C> promise) {
    try {
      factory.open(spec, opening).onComplete(promise);
    } catch (RuntimeException | LinkageError failure) {
      promise.fail(failure);
    }
  }

  /** Nobody waits any more; should the component still come, it is closed. */
  private void leave(Thread opener, Future<? extends Component> opening) {
    opener.interrupt();
    opening.onSuccess(this::discard);
  }

  private static String cause(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static ComponentFailure late(ComponentResource component, Duration timeout) {
    return ComponentFailure.plain(
        "init timeout for component %s exceeded after %s"
            .formatted(component.logName(), GoJson.duration(timeout.toMillis())));
  }

  /** Taken literally: only what is no duration at all means the default. */
  private static Duration timeout(String text) {
    try {
      return GoText.parseDuration(text);
    } catch (GoText.Unreadable unset) {
      return DEFAULT_TIMEOUT;
    }
  }

  /** Never fails; what does not close in time is reported and forgotten. */
  Future<Void> close(Component component) {
    Future<Void> closing;
    try {
      closing = component.close();
    } catch (RuntimeException failure) {
      closing = Future.failedFuture(failure);
    }
    return closing
        .timeout(CLOSE_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure -> {
              instance.log().error(SCOPE, "Error closing component: " + cause(failure));
              return Future.succeededFuture();
            });
  }

  private void discard(Component component) {
    close(component).onComplete(done -> {});
  }
}
