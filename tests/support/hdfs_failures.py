"""What HDFS says when it fails, and an operation that fails."""

PASSES = [
    "Cannot create directory /a. Name node is in safe mode.",
    "NameNode still not started",
    "NameNode is in startup mode",
    "End of File Exception between local host is: java.io.EOFException; For more details see",
    "Call From a/127.0.0.1 to localhost:8020 failed on connection exception: Connection refused",
    "java.net.SocketException: Connection reset",
    "File /a could only be written to 0 of the 1 minReplication nodes. There are 0 datanode(s)",
]
NO_ROOM = [
    PASSES[-1],
    "The DiskSpace quota of /a is exceeded: quota = 1 B = 1 B but diskspace consumed = 134217728 B",
]
REFUSALS = ["Permission denied: user=nobody, access=WRITE, inode=/", "Invalid path name", ""]


class Operation:
    """Fails with each of these in turn, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.times = list(errors), 0

    def __call__(self) -> str:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"
