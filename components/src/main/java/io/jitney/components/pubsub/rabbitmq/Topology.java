package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.Channel;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Exchanges and queues of one subscription, exactly as daprd declares them: the broker refuses a
 * queue that is there with other arguments. Blocks.
 */
final class Topology {
  private final RabbitSettings settings;
  private final SubscribeRequest request;
  private final String queue;

  /** Fails with {@link ComponentException} for settings that cannot be. */
  Topology(RabbitSettings settings, SubscribeRequest request) {
    this.settings = settings;
    this.request = request;
    String name = request.metadata().getOrDefault("queueName", "");
    if (name.isEmpty() && settings.consumer().isEmpty()) {
      throw new ComponentException.Failed(
          "consumerID is required for subscriptions that don't specify a queue name");
    }
    queue = name.isEmpty() ? settings.consumer() + "-" + request.topic() : name;
    arguments();
  }

  String queue() {
    return queue;
  }

  void declare(Channel channel) throws IOException {
    exchange(channel, settings, request.topic());
    if (settings.deadLetter()) {
      String exchange = "dlx-" + queue;
      channel.exchangeDeclare(exchange, "fanout", true, settings.deleteUnused(), false, null);
      Map<String, Object> lazy = limits();
      lazy.put("x-queue-mode", "lazy");
      channel.queueDeclare("dlq-" + queue, true, false, settings.deleteUnused(), lazy);
      channel.queueBind("dlq-" + queue, exchange, "");
    }
    channel.queueDeclare(queue, settings.durable(), false, settings.deleteUnused(), arguments());
    for (String key : request.metadata().getOrDefault("routingKey", "").split(",", -1)) {
      channel.queueBind(queue, request.topic(), key);
    }
  }

  static void exchange(Channel channel, RabbitSettings settings, String topic) throws IOException {
    channel.exchangeDeclare(
        topic, settings.exchangeKind(), settings.durable(), settings.deleteUnused(), false, null);
  }

  private Map<String, Object> limits() {
    Map<String, Object> arguments = new HashMap<>();
    if (settings.maxLength() > 0) {
      arguments.put("x-max-length", settings.maxLength());
    }
    if (settings.maxBytes() > 0) {
      arguments.put("x-max-length-bytes", settings.maxBytes());
    }
    return arguments;
  }

  private Map<String, Object> arguments() {
    Map<String, Object> arguments = limits();
    if (settings.deadLetter()) {
      arguments.put("x-dead-letter-exchange", "dlx-" + queue);
    }
    String type = request.metadata().getOrDefault("queueType", "");
    if (!type.isEmpty() && !type.equals("classic") && !type.equals("quorum")) {
      throw new ComponentException.Failed(
          "invalid queue type " + type + ". Valid types are classic and quorum");
    }
    arguments.put("x-queue-type", type.isEmpty() ? "classic" : type);
    if (GoText.isTruthy(request.metadata().getOrDefault("singleActiveConsumer", ""))) {
      arguments.put("x-single-active-consumer", true);
    }
    number(arguments, "maxPriority", "x-max-priority", 255);
    number(arguments, "maxLenBytes", "x-max-length-bytes", Long.MAX_VALUE);
    number(arguments, "maxLen", "x-max-length", Long.MAX_VALUE);
    return arguments;
  }

  private void number(Map<String, Object> arguments, String name, String argument, long most) {
    String text = request.metadata().getOrDefault(name, "");
    if (text.isEmpty()) {
      return;
    }
    try {
      long number = GoText.parseInt(text);
      if (number >= 0) {
        arguments.put(argument, Math.min(number, most));
        return;
      }
    } catch (GoText.Unreadable e) {
      // told below
    }
    throw new ComponentException.Failed(
        "strconv.ParseUint: parsing " + GoText.quote(text) + ": invalid syntax");
  }
}
