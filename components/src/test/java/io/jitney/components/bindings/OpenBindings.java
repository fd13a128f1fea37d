package io.jitney.components.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.bindings.InputBinding.Reading;
import io.jitney.components.catalog.Catalog;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.Flow;
import io.jitney.components.testing.TestNode;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Bindings of one type that a test opened on a node of its own. */
public final class OpenBindings implements AutoCloseable {
  public final TestNode node = new TestNode(Path.of("."));
  private final AtomicLong held = new AtomicLong();
  private final List<Component> opened = new ArrayList<>();
  private final String type;
  private final Map<String, String> common;

  /**
   * @param common metadata of all of them
   */
  public OpenBindings(String type, Map<String, String> common) {
    this.type = type;
    this.common = common;
  }

  private Map<String, String> metadata(String... more) {
    Map<String, String> metadata = new HashMap<>(common);
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    return metadata;
  }

  public InputBinding input(String... more) {
    var factory = Catalog.inputBinding(type, "v1").orElseThrow();
    InputBinding input =
        node.await(() -> factory.open(TestNode.spec(type, metadata(more)), node.opening()));
    opened.add(input);
    return input;
  }

  public OutputBinding output(String... more) {
    var factory = Catalog.outputBinding(type, "v1").orElseThrow();
    OutputBinding output =
        node.await(() -> factory.open(TestNode.spec(type, metadata(more)), node.opening()));
    opened.add(output);
    return output;
  }

  public Reading read(InputBinding input, EventInbox inbox) {
    return node.await(() -> input.read(new CountingFlow(), inbox));
  }

  /** Bytes that are held for readers. */
  public long held() {
    return held.get();
  }

  private final class CountingFlow implements Flow {
    @Override
    public String name() {
      return "app";
    }

    @Override
    public int weight() {
      return 1;
    }

    @Override
    public void holds(long more) {
      held.addAndGet(more);
    }
  }

  /** {@code metadata} alternates names and values. */
  public BindingResponse create(OutputBinding output, String data, String... metadata) {
    Map<String, String> request = new HashMap<>();
    for (int i = 0; i < metadata.length; i += 2) {
      request.put(metadata[i], metadata[i + 1]);
    }
    return node.await(
        () ->
            output.invoke(
                TestNode.call(20_000),
                new BindingRequest("create", Buffer.buffer(data), Map.copyOf(request))));
  }

  public void close(Component component) {
    opened.remove(component);
    node.await(component::close);
  }

  @Override
  public void close() {
    opened.forEach(one -> node.await(one::close));
    assertThat(node.pools().clientsByType()).isEmpty();
    assertThat(held).hasValue(0);
    node.close();
  }
}
