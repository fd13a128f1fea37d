package io.jitney.daemon.instance;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.spi.Metadata;
import io.jitney.daemon.bindings.BindingsApi;
import io.jitney.daemon.bindings.InputBindings;
import io.jitney.daemon.bindings.OpenInput;
import io.jitney.daemon.resources.ComponentResource;
import io.jitney.daemon.resources.Property;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens bindings: as input, as output or as both, as far as the type goes and the resource's {@code
 * direction} allows. Waits: for virtual threads.
 */
final class BindingOpening {
  private static final String DIRECTION = "direction";
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  /** Time for the app to be asked about a binding that is loaded while others are read. */
  private static final long START_SECONDS = 60;

  private static final long DRAIN_SECONDS = 31;

  private final AppInstance instance;
  private final ComponentOpener opener;
  private final InputBindings inputs;

  BindingOpening(Vertx vertx, AppInstance instance, ComponentOpener opener) {
    this.instance = instance;
    this.opener = opener;
    this.inputs = new InputBindings(vertx, instance, new BindingsApi());
  }

  InputBindings inputs() {
    return inputs;
  }

  /** What one resource was opened as; closing it closes both. */
  record Opened(@Nullable OpenInput input, @Nullable OutputBinding output) implements Component {
    List<String> capabilities() {
      List<String> names = new ArrayList<>();
      if (input != null) {
        names.add("INPUT_BINDING");
      }
      if (output != null) {
        names.add("OUTPUT_BINDING");
      }
      return names;
    }

    @Override
    public Future<Void> close() {
      List<Future<Void>> closing = new ArrayList<>();
      if (input != null) {
        closing.add(input.binding().close());
      }
      if (output != null) {
        closing.add(output.close());
      }
      return Future.join(closing).mapEmpty();
    }
  }

  Opened open(
      ComponentResource component,
      Metadata metadata,
      @Nullable ComponentFactory<InputBinding> input,
      @Nullable ComponentFactory<OutputBinding> output)
      throws ComponentFailure, InterruptedException {
    OpenInput in = null;
    if (input != null && allows(component, INPUT, true)) {
      InputBinding binding = opener.open(input, component, metadata);
      in =
          new OpenInput(
              component.name(), binding, route(component), allows(component, INPUT, false));
    }
    OutputBinding out = null;
    if (output != null && allows(component, OUTPUT, true)) {
      try {
        out = opener.open(output, component, metadata);
      } catch (ComponentFailure failure) {
        discard(in);
        throw failure;
      }
    }
    return new Opened(in, out);
  }

  private void discard(@Nullable OpenInput input) {
    if (input != null) {
      opener.close(input.binding()).onComplete(done -> {});
    }
  }

  /** Begins to read it, if bindings are being read. */
  void begin(ComponentResource component, OpenInput input)
      throws ComponentFailure, InterruptedException {
    try {
      inputs
          .add(input)
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw ComponentFailure.init(component.logName(), CauseText.of(failed));
    } catch (TimeoutException late) {
      throw ComponentFailure.init(component.logName(), "context deadline exceeded");
    }
  }

  /** Lets the events of a binding end that are at the app. Never fails. */
  Future<Void> drain(String name) {
    return inputs
        .remove(name)
        .timeout(DRAIN_SECONDS, TimeUnit.SECONDS)
        .recover(
            late -> {
              instance
                  .log()
                  .error(
                      "dapr.runtime.processor.binding",
                      "Error stopping input binding " + name + ": " + late.getMessage());
              return Future.succeededFuture();
            });
  }

  /**
   * Whether the resource's direction names this one.
   *
   * @param otherwise what counts when it gives no direction
   */
  private static boolean allows(ComponentResource component, String wanted, boolean otherwise) {
    boolean given = false;
    for (Property property : component.properties()) {
      if (property.name().equalsIgnoreCase(DIRECTION)) {
        given = true;
        for (String one : property.text().split(",")) {
          if (one.strip().toLowerCase(Locale.ROOT).equals(wanted)) {
            return true;
          }
        }
      }
    }
    return !given && otherwise;
  }

  private static String route(ComponentResource component) {
    return component.properties().stream()
        .filter(property -> property.name().equals("route"))
        .map(Property::text)
        .filter(route -> !route.isEmpty())
        .findFirst()
        .orElse(component.name());
  }
}
