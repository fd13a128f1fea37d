package io.jitney.components.pubsub.jetstream;

import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.spi.ComponentException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.ConsumerInfo;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A durable consumer as the server sees it: kept there for an app that is away, with what waits in
 * it. Nobody listens to it here, so the server hands nothing over.
 */
final class ServerConsumer {
  private static final int NOT_FOUND = 404;

  private final Connection connection;
  private final JetStreamOptions options;
  private final JetStreamSettings settings;
  private final String subject;
  private final SerialTasks tasks = new SerialTasks("jitney-jetstream-look");

  /** Found with the first look. The tasks' own. */
  private String stream = "";

  ServerConsumer(
      Connection connection, JetStreamOptions options, JetStreamSettings settings, String subject) {
    this.connection = connection;
    this.options = options;
    this.settings = settings;
    this.subject = subject;
  }

  /** Whether messages wait; makes the consumer where it is missing. */
  Future<Boolean> waits() {
    Promise<Boolean> answer = Promise.promise();
    tasks.add(
        () -> {
          try {
            JetStreamManagement management = connection.jetStreamManagement(options);
            if (stream.isEmpty()) {
              stream = stream(management, settings, subject);
            }
            ConsumerInfo known = find(management, stream, settings.durable());
            if (known == null) {
              known =
                  management.addOrUpdateConsumer(
                      stream, settings.consumer(subject, connection.createInbox()));
            }
            answer.complete(known.getNumPending() > 0 || known.getNumAckPending() > 0);
          } catch (IOException | JetStreamApiException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            answer.fail(
                new ComponentException.Failed(
                    message.startsWith("nats: ") ? message : "nats: " + message));
          }
        });
    return answer.future();
  }

  /** The stream that has a topic. */
  static String stream(JetStreamManagement management, JetStreamSettings settings, String subject)
      throws IOException, JetStreamApiException {
    if (!settings.stream().isEmpty()) {
      return settings.stream();
    }
    List<String> names = management.getStreamNames(subject);
    if (names.isEmpty()) {
      throw new IOException("nats: no stream matches subject");
    }
    return names.getFirst();
  }

  /** The consumer that other members of the group listen to; null: there is none. */
  static @Nullable ConsumerInfo shared(
      JetStreamManagement management, JetStreamSettings settings, String stream, String subject)
      throws IOException, JetStreamApiException {
    if (settings.durable().isEmpty() || settings.group().isEmpty()) {
      return null;
    }
    ConsumerInfo known = find(management, stream, settings.durable());
    boolean same =
        known != null
            && settings.group().equals(known.getConsumerConfiguration().getDeliverGroup())
            && subject.equals(known.getConsumerConfiguration().getFilterSubject());
    return same ? known : null;
  }

  private static @Nullable ConsumerInfo find(
      JetStreamManagement management, String stream, String name)
      throws IOException, JetStreamApiException {
    try {
      return management.getConsumerInfo(stream, name);
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }
}
