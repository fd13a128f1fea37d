package io.jitney.components.state.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.StateStoreConformance;
import io.jitney.components.testing.TestNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InMemoryStateStoreTest extends StateStoreConformance {
  @Override
  protected Traits traits() {
    return new Traits(false, false, false, true, true);
  }

  @Override
  protected StateStore open(TestNode node, String tenant) {
    return TestNode.get(
        InMemoryStateStore.open(TestNode.spec("state.in-memory", Map.of()), node.opening()));
  }

  @Test
  void equalKeysOfTwoOpeningsAreTwoValues() {
    set(first, put("same", "1"));
    assertThat(text(second, "same")).isNull();
  }

  @Test
  void storesJsonAsGoDoes() {
    set(first, put("a||o", "{\"b\":[1.0, 2],\"a\":\"<\"}"));
    assertThat(text(first, "a||o")).isEqualTo("{\"a\":\"\\u003c\",\"b\":[1,2]}");
  }

  @Test
  void mismatchTextsAreDaprds() {
    set(first, put("a||k", "1"));
    String etag = etag(first, "a||k");
    assertThatThrownBy(() -> set(first, put("a||k", "2", "99", Map.of(), StateOptions.NONE)))
        .hasMessage(
            "possible etag mismatch. error from state store: state etag not match for key=a||k: current="
                + etag
                + ", expect=99");
    assertThatThrownBy(() -> set(first, put("a||n", "2", "99", Map.of(), StateOptions.NONE)))
        .hasMessage(
            "possible etag mismatch. error from state store: state not exist or expired for key=a||n");
    assertThatThrownBy(() -> set(first, put("a||k", "2", null, Map.of(), FIRST_WRITE)))
        .hasMessage(
            "possible etag mismatch. error from state store: item already exists and no etag was passed");
  }

  @Test
  void aTtlBeyondTheYear9999IsAccepted() {
    set(
        first,
        put("a||k", "1", null, Map.of("ttlInSeconds", "9223372036854775807"), StateOptions.NONE));
    assertThat(get(first, "a||k").metadata())
        .containsEntry("ttlExpireTime", "9999-12-31T23:59:59Z");
    set(first, put("a||n", "1", null, Map.of("ttlInSeconds", "-2"), StateOptions.NONE));
    assertThat(get(first, "a||n").metadata()).isEmpty();
  }
}
