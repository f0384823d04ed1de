package worker

// SetResident replaces what tells the memory of a process; before Start.
func (p *Pool) SetResident(read func(pid int) (int64, error)) { p.resident = read }
