@org.jspecify.annotations.NullMarked
package io.jitney.daemon.memory;
