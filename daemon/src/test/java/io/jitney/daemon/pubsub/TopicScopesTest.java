package io.jitney.daemon.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicScopesTest {
  @Test
  void withoutScopesEverythingIsAllowed() {
    TopicScopes scopes = TopicScopes.of(Map.of("redisHost", "x"), "a");

    assertThat(scopes.mayPublish("t")).isTrue();
    assertThat(scopes.maySubscribe("t")).isTrue();
  }

  @Test
  void anAppThatIsNotNamedIsFreeAndOneThatIsNamedIsHeldToItsTopics() {
    Map<String, String> metadata = Map.of("PublishingScopes", "a = t1, t2 ; b=t3;a=t4;c=");

    TopicScopes ofA = TopicScopes.of(metadata, "a");
    assertThat(ofA.mayPublish("t1")).isTrue();
    assertThat(ofA.mayPublish("t4")).isTrue();
    assertThat(ofA.mayPublish("t3")).isFalse();
    assertThat(ofA.maySubscribe("t3")).isTrue();
    assertThat(TopicScopes.of(metadata, "c").mayPublish("t1")).isFalse();
    assertThat(TopicScopes.of(metadata, "d").mayPublish("t1")).isTrue();
    assertThat(TopicScopes.of(metadata, "A").mayPublish("t3")).isTrue();
  }

  @Test
  void protectedTopicsNeedAScopeAndAllowedTopicsAreAllThereIs() {
    Map<String, String> metadata =
        Map.of("protectedTopics", "t1", "allowedTopics", "t1,t2", "subscriptionScopes", "a=t1,t9");

    TopicScopes ofA = TopicScopes.of(metadata, "a");
    assertThat(ofA.maySubscribe("t1")).isTrue();
    assertThat(ofA.maySubscribe("t9")).isFalse();
    assertThat(ofA.mayPublish("t1")).isFalse();
    assertThat(ofA.mayPublish("t2")).isTrue();
    assertThat(ofA.mayPublish("T2")).isFalse();
  }

  @Test
  void onlyTheTextUpToASecondEqualsSignCounts() {
    TopicScopes scopes = TopicScopes.of(Map.of("publishingScopes", "a=t1=t2;t3"), "a");

    assertThat(scopes.mayPublish("t1")).isTrue();
    assertThat(scopes.mayPublish("t2")).isFalse();
  }
}
