package compare

// SizeClasses are the values of SizeClass, from small to large.
var SizeClasses = []string{"0-9", "10-29", "30-99", "100-299", "300-"}

// SizeClass folds the number of nodes of a request to a label.
func SizeClass(nodes int) string {
	for i, below := range []int{10, 30, 100, 300} {
		if nodes < below {
			return SizeClasses[i]
		}
	}
	return SizeClasses[len(SizeClasses)-1]
}
