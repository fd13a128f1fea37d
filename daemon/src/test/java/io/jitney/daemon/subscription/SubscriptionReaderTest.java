package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicSubscription.Builder;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.subscription.TopicSubscription.Bulk;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionReaderTest {
  private final List<String> warnings = new ArrayList<>();

  private List<TopicSubscription> read(String json) throws Exception {
    return compiled(SubscriptionReader.drafts(Buffer.buffer(json.replace('\'', '"'))));
  }

  private List<TopicSubscription> compiled(List<SubscriptionReader.Draft> drafts)
      throws CelRule.Malformed {
    Map<List<String>, TopicSubscription> made = new LinkedHashMap<>();
    for (SubscriptionReader.Draft draft : drafts) {
      Discovery.keep(SubscriptionReader.programmatic(draft, warnings::add), made);
    }
    return List.copyOf(made.values());
  }

  private static List<String> paths(TopicSubscription one) {
    return one.routes().rules().stream().map(Routes.Rule::path).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'route':'/r'                                                               | /r
          'routes':{'default':'/d'}                                                  | /d
          'route':'/r','routes':{'default':'/d'}                                     | /d
          'route':'/r','routes':{'rules':[{'match':'true','path':'/x'}]}             | /x,/r
          'routes':{'default':'/d','rules':[{'match':'true','path':'/x'},{'path':'/y'}]} | /x,/y,/d
          """)
  void routesInOrder(String fields, String paths) throws Exception {
    List<TopicSubscription> read = read("[{'pubsubname':'p','topic':'t'," + fields.strip() + "}]");

    assertThat(String.join(",", paths(read.getFirst()))).isEqualTo(paths);
  }

  @Test
  void allOptionsInAnyCase() throws Exception {
    TopicSubscription one =
        read("[{'PubsubName':'p','TOPIC':'t','Route':'/t','deadLetterTopic':'dead','extra':{'x':1},"
                + "'metadata':{'a':'b'},'bulkSubscribe':{'enabled':true,'maxMessagesCount':5,'maxAwaitDurationMs':10}}]")
            .getFirst();

    assertThat(one.pubsub()).isEqualTo("p");
    assertThat(one.topic()).isEqualTo("t");
    assertThat(one.deadLetterTopic()).isEqualTo("dead");
    assertThat(one.metadata()).isEqualTo(Map.of("a", "b"));
    assertThat(one.bulk()).isEqualTo(new Bulk(5, 10));
  }

  @Test
  void theLastOfATopicCountsAndWithoutARouteThereIsNone() throws Exception {
    List<TopicSubscription> read =
        read(
            "[{'pubsubname':'p','topic':'t','route':'/1'},{'pubsubname':'p','topic':'u'},"
                + "{'pubsubname':'q','topic':'t','route':'/3'},{'pubsubname':'p','topic':'t','route':'/4'}]");

    assertThat(read.stream().map(SubscriptionReaderTest::paths))
        .containsExactly(List.of("/4"), List.of("/3"));
    assertThat(warnings).hasSize(1);
  }

  @Test
  void nothing() throws Exception {
    assertThat(read("null")).isEmpty();
    assertThat(read("[]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "text", "[{'topic':5}]", "[{'metadata':{'a':1}}]", "[{'routes':[]}]"})
  void unreadable(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(GoJsonException.class);
  }

  @Test
  void oneBadRuleSpoilsAll() {
    assertThatThrownBy(
            () ->
                read(
                    "[{'pubsubname':'p','topic':'t','route':'/1'},"
                        + "{'pubsubname':'p','topic':'u','routes':{'rules':[{'match':'x ==','path':'/2'}]}}]"))
        .isInstanceOf(CelRule.Malformed.class);
  }

  @Test
  void grpcAppsNeedNoRoute() throws Exception {
    Builder one =
        io.dapr.v1.DaprAppCallbackProtos.TopicSubscription.newBuilder()
            .setPubsubName("p")
            .setTopic("t");

    List<TopicSubscription> read =
        compiled(
            SubscriptionReader.drafts(
                ListTopicSubscriptionsResponse.newBuilder().addSubscriptions(one).build()));

    assertThat(paths(read.getFirst())).containsExactly("");
  }
}
