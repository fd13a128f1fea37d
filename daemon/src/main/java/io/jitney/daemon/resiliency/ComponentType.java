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

  ComponentType(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
