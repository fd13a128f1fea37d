package io.jitney.daemon.resiliency;

/** Kinds of components as names of default policies spell them. */
public enum ComponentType {
  BINDING("Binding"),
  CONFIGURATION("Configuration"),
  LOCK("Lock"),
  PUBSUB("Pubsub"),
  CRYPTO("Crypto"),
  CONVERSATION("Conversation"),
  SECRETSTORE("Secretstore"),
  STATESTORE("Statestore");

  private final String word;
  private final String prefix;

  ComponentType(String word) {
    this.word = word;
    this.prefix = word + "_";
  }

  String word() {
    return word;
  }

  /** Before the component's name in metrics. */
  String prefix() {
    return prefix;
  }
}
