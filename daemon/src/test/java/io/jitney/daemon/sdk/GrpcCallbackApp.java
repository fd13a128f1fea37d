package io.jitney.daemon.sdk;

import com.google.protobuf.Empty;
import io.dapr.v1.AppCallbackGrpc;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.BulkSubscribeConfig;
import io.dapr.v1.DaprAppCallbackProtos.ListInputBindingsResponse;
import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponseEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse.TopicEventResponseStatus;
import io.dapr.v1.DaprAppCallbackProtos.TopicRoutes;
import io.dapr.v1.DaprAppCallbackProtos.TopicRule;
import io.dapr.v1.DaprAppCallbackProtos.TopicSubscription;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An app as the Java SDK's examples write it: grpc-java's server with the callbacks of Dapr. */
final class GrpcCallbackApp extends AppCallbackGrpc.AppCallbackImplBase implements AutoCloseable {
  private final Server server;
  private final Map<String, List<String>> got = new ConcurrentHashMap<>();

  GrpcCallbackApp() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /** What came to a path, or for a binding. */
  List<String> got(String where) {
    return got.computeIfAbsent(where, none -> new CopyOnWriteArrayList<>());
  }

  @Override
  public void listTopicSubscriptions(
      Empty request, StreamObserver<ListTopicSubscriptionsResponse> out) {
    out.onNext(
        ListTopicSubscriptionsResponse.newBuilder()
            .addSubscriptions(
                TopicSubscription.newBuilder()
                    .setPubsubName("own")
                    .setTopic("routed")
                    .setDeadLetterTopic("dead")
                    .setRoutes(
                        TopicRoutes.newBuilder()
                            .addRules(
                                TopicRule.newBuilder()
                                    .setMatch("event.data.n > 5.0")
                                    .setPath("/many"))
                            .setDefault("/few")))
            .addSubscriptions(
                TopicSubscription.newBuilder()
                    .setPubsubName("own")
                    .setTopic("dead")
                    .setRoutes(TopicRoutes.newBuilder().setDefault("/dead")))
            .addSubscriptions(
                TopicSubscription.newBuilder()
                    .setPubsubName("bus")
                    .setTopic("bulk")
                    .setRoutes(TopicRoutes.newBuilder().setDefault("/bulk"))
                    .setBulkSubscribe(
                        BulkSubscribeConfig.newBuilder()
                            .setEnabled(true)
                            .setMaxMessagesCount(10)
                            .setMaxAwaitDurationMs(100)))
            .build());
    out.onCompleted();
  }

  @Override
  public void onTopicEvent(TopicEventRequest event, StreamObserver<TopicEventResponse> out) {
    String data = event.getData().toStringUtf8();
    got(event.getPath()).add(data);
    boolean bad = event.getPath().equals("/many") && data.contains("13");
    out.onNext(
        TopicEventResponse.newBuilder()
            .setStatus(bad ? TopicEventResponseStatus.DROP : TopicEventResponseStatus.SUCCESS)
            .build());
    out.onCompleted();
  }

  @Override
  public void onBulkTopicEvent(
      TopicEventBulkRequest batch, StreamObserver<TopicEventBulkResponse> out) {
    TopicEventBulkResponse.Builder answer = TopicEventBulkResponse.newBuilder();
    got("batches").add("" + batch.getEntriesCount());
    batch
        .getEntriesList()
        .forEach(
            entry -> {
              got(batch.getPath()).add(entry.getCloudEvent().getData().toStringUtf8());
              answer.addStatuses(
                  TopicEventBulkResponseEntry.newBuilder()
                      .setEntryId(entry.getEntryId())
                      .setStatus(TopicEventResponseStatus.SUCCESS));
            });
    out.onNext(answer.build());
    out.onCompleted();
  }

  @Override
  public void listInputBindings(Empty request, StreamObserver<ListInputBindingsResponse> out) {
    out.onNext(ListInputBindingsResponse.newBuilder().addBindings("tick").build());
    out.onCompleted();
  }

  @Override
  public void onBindingEvent(BindingEventRequest event, StreamObserver<BindingEventResponse> out) {
    got(event.getName()).add(event.getData().toStringUtf8());
    out.onNext(BindingEventResponse.getDefaultInstance());
    out.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
