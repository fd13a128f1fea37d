package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.state.StateBinding;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Components that come, change and go while the instance lives, and its end. */
class ComponentReloadTest extends ComponentLoadingCase {
  @Test
  void closingClosesEverythingOnceAndLetsNothingIn() throws Exception {
    load(component("s", "secretstores.map"), component("x", "state.ok"));
    loading().close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    loading().close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    assertThat(types.closed).hasValue(2);
    assertThatThrownBy(() -> load(component("late", "state.ok")))
        .hasMessageContaining("the instance is closing");
    assertThat(types.closed).hasValue(3);
  }

  @Test
  void reloadClosesWhatIsGoneOrOtherAndOpensTheRest() throws Exception {
    load(
        component("same", "state.ok"),
        component("other", "state.ok"),
        component("gone", "state.ok"));
    StateBinding same = state("same");
    StateBinding other = state("other");
    loading()
        .reload(
            resources(
                component("same", "state.ok"),
                component("other", "state.ok").value("p", "new"),
                component("new", "state.ok")));
    assertThat(loaded()).containsExactly("same", "other", "new");
    assertThat(state("same")).isSameAs(same);
    assertThat(state("other")).isNotSameAs(other);
    assertThat(types.closed).hasValue(2);
  }

  @Test
  void reloadTriesAgainWhatFailed() throws Exception {
    load(component("x", "state.hangs").ignoreErrors().timeout("10ms"));
    assertThat(loading().incomplete()).isTrue();
    types.hanging.complete(types.new Store());
    loading().reload(resources(component("x", "state.hangs").ignoreErrors().timeout("10ms")));
    assertThat(loaded()).containsExactly("x");
    assertThat(loading().incomplete()).isFalse();
  }

  @Test
  void aNewComponentThatFailsEndsTheInstance() throws Exception {
    load(component("x", "state.ok"));
    assertThatThrownBy(
            () ->
                loading()
                    .reload(resources(component("x", "state.ok"), component("y", "state.fails"))))
        .isInstanceOf(StartupFailure.class);
  }
}
