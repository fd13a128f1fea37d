@org.jspecify.annotations.NullMarked
package io.jitney.daemon.connection;
