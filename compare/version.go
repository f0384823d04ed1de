package compare

// Version names the rules by which answers are compared and judged. It is raised
// whenever the same two answers may get another verdict than before, because
// evidence gathered under other rules is about another question.
const Version = "1"
