package io.jitney.daemon.pubsub;

import io.jitney.components.pubsub.PubSub;

/**
 * A pub/sub component as one app instance sees it: the broker, which topics the app may use, and
 * how topics are named at the broker. Belongs to one instance; nothing here is shared by component
 * name.
 *
 * @param name component name
 * @param component the broker
 * @param scopes which topics the app may use; asked about topics as the app names them
 * @param prefix what topics begin with at the broker; "" unless the component's metadata refer to
 *     {@code {namespace}}
 */
public record OpenPubSub(String name, PubSub component, TopicScopes scopes, String prefix) {
  /** The broker's name of the app's topic. */
  public String brokerTopic(String topic) {
    return prefix.isEmpty() ? topic : prefix + topic;
  }

  /** The app's name of the broker's topic: without the first occurrence of the prefix, as daprd. */
  public String appTopic(String topic) {
    int at = prefix.isEmpty() ? -1 : topic.indexOf(prefix);
    return at < 0 ? topic : topic.substring(0, at) + topic.substring(at + prefix.length());
  }

  @Override
  public String toString() {
    return "OpenPubSub[" + name + "]";
  }
}
